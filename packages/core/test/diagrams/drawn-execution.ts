import { parseDiagram } from './mermaid.js';

/** A flowchart as its reader sees it. */
export interface DrawnExecution {
  /** `colour: first line / second line`, from the top. */
  readonly boxes: readonly string[];
  /** The labels of the arrows that have one. */
  readonly arrows: readonly string[];
}

/** Parses an execution's diagram with Mermaid. */
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
