/** Lines of a diagram's text, without their line breaks. */
export type Lines = readonly string[];

/** The lines of a block, one level further in. */
export function indented(lines: Lines): Lines {
  return lines.map((line) => `  ${line}`);
}
