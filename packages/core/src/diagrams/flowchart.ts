import type { Colour } from './colours.js';
import { defineColours } from './colours.js';
import { indented } from './lines.js';
import { mermaidText } from './mermaid-text.js';
import type { Scene } from './scene.js';

/** The shapes of all kinds of scenes. */
const shapes: Readonly<Record<Scene['kind'], readonly [open: string, close: string]>> = {
  end: ['(["', '"])'],
  act: ['["', '"]'],
  undo: ['("', '")'],
  mark: ['{{"', '"}}'],
};

interface Tail {
  readonly id: string;
  readonly because?: string;
}

/** A Mermaid flowchart that grows scene by scene, each after the one before it. */
export class Flowchart {
  private readonly nodes: string[] = [];
  private readonly arrows: string[] = [];
  private readonly colours = new Set<Colour>();
  private tails: readonly Tail[] = [];

  /** Adds a scene after the last one. */
  add(scene: Scene): void {
    const id = this.draw(scene);
    for (const tail of this.tails) this.connect(tail, id, scene);
    this.tails = [{ id }];
  }

  /** Adds a scene and another one that replaces it if it fails: the next scene comes after both. */
  addWithAlternative(scene: Scene, alternative: Scene): void {
    this.add(scene);
    const [primary] = this.tails;
    const id = this.draw(alternative);
    if (primary !== undefined) this.connect({ ...primary, because: 'failed' }, id, alternative);
    this.tails = [...this.tails, { id }].map((tail) => ({ id: tail.id, because: 'completed' }));
  }

  /** The text of the flowchart. */
  print(): string {
    return [
      'flowchart TB',
      ...indented([...this.nodes, ...this.arrows, ...defineColours(this.colours)]),
      '',
    ].join('\n');
  }

  private draw({ kind, lines, colour }: Scene): string {
    const id = `scene${this.nodes.length + 1}`;
    const [open, close] = shapes[kind];
    const label = lines.map(mermaidText).join('<br/>');
    this.nodes.push(`${id}${open}${label}${close}${colour === undefined ? '' : `:::${colour}`}`);
    if (colour !== undefined) this.colours.add(colour);
    return id;
  }

  private connect(from: Tail, id: string, to: Scene): void {
    const arrow = to.colour === 'waiting' ? '-.->' : '-->';
    const because = mermaidText(to.because ?? from.because ?? '');
    this.arrows.push(`${from.id} ${arrow}${because === '' ? '' : `|"${because}"|`} ${id}`);
  }
}
