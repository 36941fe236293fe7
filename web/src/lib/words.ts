// Every word of the page, in both languages. A missing one does not compile.

import type { Lang, Two } from "./lang";

const w = (zh: string, en: string): Two => ({ zh, en });

export const WORDS = {
  // The house
  product: w("Castellan", "Castellan"),
  skip: w("跳到输入框", "Skip to the message box"),
  conversation: w("对话", "Conversation"),
  building: w("楼宇", "Building"),
  openPanel: w("打开楼宇面板", "Open the building panel"),
  closePanel: w("关闭面板", "Close the panel"),
  newTalk: w("新对话", "New conversation"),
  switchLang: w("Switch to English", "切换到中文"),
  theme: w("外观：{name}", "Theme: {name}"),
  theme_system: w("跟随系统", "follow the system"),
  theme_light: w("浅色", "light"),
  theme_dark: w("深色", "dark"),
  account: w("账户：{name}", "Account: {name}"),
  signOut: w("退出登录", "Sign out"),
  role_owner: w("所有者", "Owner"),
  role_operator: w("操作员", "Operator"),
  role_viewer: w("访客", "Viewer"),
  role_agent: w("智能体", "Agent"),
  role_bridge: w("网关", "Bridge"),

  // The way to the server
  link_opening: w("正在连接…", "Connecting…"),
  link_live: w("实时连接", "Live"),
  link_broken: w("正在重新连接…", "Reconnecting…"),
  link_offline: w("网络已断开", "No network"),
  starting: w("正在连接…", "Connecting…"),
  goneTitle: w("连不上 Castellan", "Castellan does not answer"),
  goneText: w("服务可能正在启动或已停止。规则照常运行，与本页面是否打开无关。", "It may be starting or stopped. Rules keep running whether or not this page is open."),
  offlineTitle: w("没有网络", "No network"),
  offlineText: w("这台设备目前没有网络连接。", "This device has no network connection at the moment."),
  retry: w("重试", "Try again"),

  // Signing in
  signInTitle: w("登录", "Sign in"),
  signInText: w("请打开服务器启动时显示的链接，或在此粘贴链接或其中的登录码。", "Open the link that the server printed at its start, or paste it or its code here."),
  expiredTitle: w("登录已过期", "Your session has ended"),
  expiredText: w("请重新登录，当前对话会保留。", "Sign in again. This conversation is kept."),
  code: w("登录码", "Sign-in code"),
  signIn: w("登录", "Sign in"),
  codeHint: w("登录码只能用一次。在服务器上运行 castellan open 可得到新的链接。", "A code works once. Run castellan open on the server for a new link."),

  // The box
  say: w("说一句话…", "Say something…"),
  message: w("消息", "Message"),
  send: w("发送", "Send"),
  stop: w("停止等待", "Stop waiting"),
  hello: w("想让这里做点什么？", "What should happen here?"),
  helloText: w("开关设备、提问，或定一条规则。中文、英文都可以。", "Switch things, ask about them, or make a rule. English or Chinese."),
  examples: w("试试这些", "Try one of these"),
  digest: w("设备 {devices} · 空间 {rooms} · 运行中的规则 {rules}", "Devices {devices} · Spaces {rooms} · Rules running {rules}"),

  // A turn
  you: w("你", "You"),
  thinking: w("正在处理…", "Working…"),
  steps: w("处理步骤", "Steps"),
  stepsCount: w("{n} 个步骤", "{n} steps"),
  undo: w("撤销", "Undo"),
  undoing: w("正在撤销…", "Undoing…"),
  undone: w("已撤销", "Undone"),
  why: w("为什么？", "Why?"),
  whyOf: w("为什么{device}{words}？", "Why is the {device} {words}?"),
  receipts: w("设备回执", "What the devices did"),
  undoReceipts: w("撤销的回执", "What undoing did"),
  questionOptions: w("请选择", "Choose one"),
  nearest: w("你是指", "Did you mean"),
  values: w("数值", "Values"),
  showAll: w("显示全部 {n} 项", "Show all {n}"),
  withoutValue: w("{n} 个没有数值", "{n} without a value"),
  again: w("再说一次", "Say it again"),
  trouble_offline: w("没有网络，这句话没有送达。", "There is no network; this did not arrive."),
  trouble_unreachable: w("连接中断，没有收到完整答复。已经下发的指令会继续，结果以回执为准。", "The connection broke before the whole answer came. Commands already sent go on; their receipts tell the result."),
  trouble_unauthorised: w("登录已过期，这句话没有执行。", "Your session has ended; this was not carried out."),
  trouble_refused: w("服务器拒绝了这个请求。", "The server refused this request."),
  trouble_stopped: w("已停止等待。已经下发的指令会继续。", "You stopped waiting. Commands already sent go on."),

  // What became of a command
  receipt_sent: w("已发送", "sent"),
  receipt_acked: w("已接收", "accepted"),
  receipt_confirmed: w("已确认", "confirmed"),
  receipt_timed_out: w("超时未报告", "no report in time"),
  receipt_refused: w("未执行", "refused"),
  receipt_unknown: w("结果未知", "unknown"),

  // A proposal
  proposals: w("待批准", "Approvals"),
  proposalRule: w("新规则", "New rule"),
  proposalCommands: w("设备操作", "Device commands"),
  proposal_pending: w("等待批准", "Waiting for approval"),
  proposal_approved: w("已批准", "Approved"),
  proposal_rejected: w("已拒绝", "Rejected"),
  proposal_expired: w("已过期", "Expired"),
  approve: w("批准", "Approve"),
  reject: w("拒绝", "Reject"),
  approving: w("正在批准…", "Approving…"),
  rejecting: w("正在拒绝…", "Rejecting…"),
  whyAsked: w("原因", "Reason"),
  safety: w("安全等级", "Safety class"),
  safety_none: w("无影响", "none"),
  safety_comfort: w("舒适", "comfort"),
  safety_security: w("安防", "security"),
  safety_life: w("人身安全", "life safety"),
  askedBy: w("提出者", "Asked by"),
  decidedBy: w("由{name}决定", "by {name}"),
  expires: w("有效期", "Expires"),
  findings: w("检查结果", "Findings"),
  noFindings: w("检查通过，没有发现问题", "Checked, nothing found"),
  finding_warning: w("提醒", "Note"),
  finding_error: w("错误", "Error"),
  otherLanguage: w("英文表述", "In Chinese"),
  mayNotApprove: w("你的角色不能批准。", "Your role cannot approve."),

  // The panel
  devices: w("设备", "Devices"),
  rules: w("规则", "Rules"),
  filter: w("筛选设备或房间", "Filter devices or rooms"),
  nowhere: w("未分配空间", "Not placed"),
  offline: w("离线", "offline"),
  disabled: w("已停用", "disabled"),
  noValue: w("暂无数值", "no value yet"),
  noDevices: w("还没有设备。", "There are no devices yet."),
  noMatch: w("没有匹配的设备。", "Nothing matches."),
  noRules: w("还没有规则。用一句话说出来即可，例如“如果会议室超过 26 度，就打开空调”。", "There are no rules yet. Say one, such as “if the meeting room is above 26 degrees, turn on the air conditioner”."),
  noProposals: w("没有等待批准的事项。", "Nothing waits for approval."),
  waiting: w("{n} 项待批准", "{n} waiting for approval"),
  safeMode: w("服务器以安全模式启动，规则不运行。", "The server was started in safe mode: rules do not run."),
  ruleState: w("“{name}”的状态", "State of “{name}”"),
  rule_draft: w("停用", "Off"),
  rule_shadow: w("试运行", "Trial"),
  rule_live: w("运行", "On"),
  loading: w("正在读取…", "Reading…"),
  loadFailed: w("读取失败。", "It could not be read."),
  switchOf: w("{device}：{point}", "{device}: {point}"),
  quality_uncertain: w("不确定", "uncertain"),
  quality_bad: w("不可信", "not trusted"),
} satisfies Record<string, Two>;

export type Word = keyof typeof WORDS;
export type Fillings = Readonly<Record<string, string | number>>;

/** A text in a language with its gaps filled: `{name}`. */
export function text(word: Word, lang: Lang, fillings: Fillings = {}): string {
  return WORDS[word][lang].replace(/\{(\w+)\}/g, (gap, key: string) => String(fillings[key] ?? gap));
}

const TOOLS: Readonly<Record<string, Two>> = {
  point_search: w("查找设备", "Looking for devices"),
  point_read: w("读取状态", "Reading states"),
  command_propose: w("下发操作", "Asking devices"),
  rule_propose: w("起草规则", "Drafting a rule"),
  rule_get: w("查看规则", "Reading a rule"),
  rule_enable: w("切换规则", "Switching a rule"),
  cause_explain: w("追查原因", "Looking for the cause"),
  turn_undo: w("撤销操作", "Taking it back"),
};

/** What a tool does, in words; a tool that this page does not know shows its name. */
export const toolWords = (name: string): Two => TOOLS[name] ?? w(name, name);
