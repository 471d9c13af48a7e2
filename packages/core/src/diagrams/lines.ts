/** Lines of a diagram's text, without line breaks. */
export type Lines = readonly string[];

/** The lines of a block, indented by one level. */
export function indented(lines: Lines): Lines {
  return lines.map((line) => `  ${line}`);
}
