/** A whole number with separators, as texts about performance carry it. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A number with so many digits behind the point. */
export function fixed(value: number, digits = 2): string {
  return value.toFixed(digits);
}

/** A value that may not have been measured. */
export function orDash(value: number | null, format: (value: number) => string): string {
  return value === null ? '-' : format(value);
}

/** Bytes in units of 1,024, with one digit. */
export function megabytes(bytes: number): string {
  return fixed(bytes / 2 ** 20, 1);
}
