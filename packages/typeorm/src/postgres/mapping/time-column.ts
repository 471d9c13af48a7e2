/** Selects a time as milliseconds since the epoch: the same text whatever `DateStyle` and `TimeZone` are set to. */
export function timeColumn(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::bigint`;
}

/** The time that `timeColumn` selected. */
export function toDate(milliseconds: string): Date {
  return new Date(Number(milliseconds));
}
