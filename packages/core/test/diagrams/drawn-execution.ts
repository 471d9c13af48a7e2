import { parseDiagram } from './mermaid.js';

/** A flowchart as its reader sees it. */
export interface DrawnExecution {
  /** `colour: first line / second line`, from the top. */
  readonly boxes: readonly string[];
  /** What the arrows say, where they say something. */
  readonly arrows: readonly string[];
}

/** What Mermaid makes of an execution's diagram. */
export async function readExecution(text: string): Promise<DrawnExecution> {
  const { structure, labels } = await parseDiagram(text);
  const parts = structure.map((part, index) => ({ part: part.split(' '), label: labels[index] ?? '' }));
  const isArrow = ({ part }: (typeof parts)[number]): boolean => part[2]?.startsWith('scene') ?? false;
  return {
    boxes: parts
      .filter((part) => !isArrow(part))
      .map(({ part, label }) => `${part[2] ?? ''}: ${label.replaceAll('<br/>', ' / ')}`),
    arrows: parts
      .filter(isArrow)
      .map(({ label }) => label)
      .filter((label) => label !== ''),
  };
}
