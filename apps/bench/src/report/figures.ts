/** A whole number with separators, for texts about performance. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A number with `digits` digits after the point. */
export function fixed(value: number, digits = 2): string {
  return value.toFixed(digits);
}

/** A value, or a dash if it was not measured. */
export function orDash(value: number | null, format: (value: number) => string): string {
  return value === null ? '-' : format(value);
}

/** Bytes as mebibytes, with one digit. */
export function megabytes(bytes: number): string {
  return fixed(bytes / 2 ** 20, 1);
}
