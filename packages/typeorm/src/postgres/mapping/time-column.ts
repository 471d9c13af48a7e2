/** Selects a time as milliseconds since the epoch: the text does not depend on `DateStyle` and `TimeZone`. */
export function timeColumn(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::bigint`;
}

/** The time from `timeColumn`. */
export function toDate(milliseconds: string): Date {
  return new Date(Number(milliseconds));
}
