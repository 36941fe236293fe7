// Pieces of time gathered by day. Pure.

export interface Piece {
  from: string;
  to: string;
}

export interface Day {
  /** Midnight with which it begins, in the browser's time zone. */
  start: number;
  hours: number;
}

const HOUR_MS = 3_600_000;
/** Most days that are drawn. */
const DAYS_MAX = 62;

/** The midnight at or before an instant. */
function midnight(at: number): Date {
  const date = new Date(at);
  date.setHours(0, 0, 0, 0);
  return date;
}

/** Hours by day of a stretch of time; every day has its place, also one without any. */
export function hoursByDay(pieces: readonly Piece[], whole: Piece): Day[] {
  const days: Day[] = [];
  const end = Date.parse(whole.to);
  for (const day = midnight(Date.parse(whole.from)); day.getTime() < end && days.length < DAYS_MAX; ) {
    const start = day.getTime();
    // Days have 23 or 25 hours where the clock is changed.
    day.setDate(day.getDate() + 1);
    const until = day.getTime();
    const hours = pieces.reduce((sum, piece) => sum + Math.max(Math.min(Date.parse(piece.to), until) - Math.max(Date.parse(piece.from), start), 0), 0) / HOUR_MS;
    days.push({ start, hours });
  }
  return days;
}
