// Sentences to try on an empty page. They are true for the demonstration building.

import type { Lang } from "../lib/lang";

export const EXAMPLES: Readonly<Record<Lang, readonly string[]>> = {
  zh: [
    "打开大厅灯",
    "会议室现在多少度？",
    "把除了大厅灯以外的灯都关掉",
    "如果会议室温度高于26度持续5分钟，就打开会议室空调",
    "哪些灯开着？",
    "把会议室空调调到24度",
  ],
  en: [
    "Turn on the lobby light",
    "How warm is the meeting room?",
    "Turn off all the lights except the lobby light",
    "If the meeting room is above 26 degrees for 5 minutes, turn on the meeting room AC",
    "Which lights are on?",
    "Set the meeting room AC to 24 degrees",
  ],
};
