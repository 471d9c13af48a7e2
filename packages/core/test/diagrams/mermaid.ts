import DOMPurify from 'dompurify';

// Mermaid cleans labels with DOMPurify, which does not work without a browser. Parsing does not need it.
Object.assign(DOMPurify, { addHook() {}, sanitize: (text: string) => text });
const { default: mermaid } = await import('mermaid');

await mermaid.parse('sequenceDiagram');

// Mermaid also copies its whole configuration for each label. Without the parts that only drawing reads, a test can
// parse hundreds of diagrams.
const readByParsing = new Set(['defaultRenderer', 'htmlLabels', 'wrap']);
for (const [name, section] of Object.entries(mermaid.mermaidAPI.defaultConfig)) {
  if (typeof section !== 'object' || name === 'secure') continue;
  for (const key of Object.keys(section)) if (!readByParsing.has(key)) Reflect.deleteProperty(section, key);
}
mermaid.mermaidAPI.globalReset();

/** A text as the real Mermaid parsed it. */
export interface ParsedDiagram {
  readonly kind: string;
  /** Everything except the labels: the nodes and the connections. */
  readonly structure: readonly string[];
  /** The labels as a reader sees them. */
  readonly labels: readonly string[];
}

/**
 * Parses a diagram with the real Mermaid.
 *
 * @throws Mermaid's own error, with the text, if it does not parse.
 */
export async function parseDiagram(text: string): Promise<ParsedDiagram> {
  try {
    const { type: diagramType, db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const read = readers[diagramType];
    if (read === undefined) throw new Error(`a diagram of kind ${diagramType} was not expected`);
    const { structure, labels } = read(db as unknown as DiagramStore);
    return { kind: diagramType, structure, labels: labels.map(decode) };
  } catch (error) {
    throw new Error(`Mermaid does not take this text:\n${text}`, { cause: error });
  }
}

/**
 * The parts of Mermaid's own configuration that a text sets, by a directive or by front matter.
 *
 * @throws Mermaid's own error if it does not parse.
 */
export async function configurationIn(text: string): Promise<unknown> {
  const { config } = await mermaid.parse(text);
  mermaid.mermaidAPI.globalReset();
  return config;
}

interface Read {
  readonly structure: readonly string[];
  readonly labels: readonly string[];
}

/** The parts of Mermaid's stores that are read here. */
interface DiagramStore {
  getActors(): ReadonlyMap<string, { readonly description: string }>;
  getMessages(): readonly {
    readonly from?: string;
    readonly to?: string;
    readonly type: number;
    readonly message: string;
  }[];
  getVertices(): ReadonlyMap<
    string,
    { readonly id: string; readonly type: string; readonly text: string; readonly classes: readonly string[] }
  >;
  getEdges(): readonly {
    readonly start: string;
    readonly end: string;
    readonly stroke: string;
    readonly text: string;
  }[];
  getStates(): ReadonlyMap<
    string,
    {
      readonly id: string;
      readonly type: string;
      readonly descriptions: readonly string[];
      readonly classes: readonly string[];
      readonly note?: { readonly text: string };
    }
  >;
  getRelations(): readonly {
    readonly id1: string;
    readonly id2: string;
    readonly relationTitle?: string;
    readonly title?: string;
  }[];
  getClasses(): ReadonlyMap<
    string,
    {
      readonly id: string;
      readonly label: string;
      readonly annotations: readonly string[];
      readonly members: readonly { readonly id: string }[];
      readonly methods: readonly { readonly id: string; readonly parameters: string }[];
    }
  >;
}

const readers: Readonly<Record<string, (store: DiagramStore) => Read>> = {
  sequence: readSequence,
  'flowchart-v2': readFlowchart,
  stateDiagram: readStates,
  classDiagram: readClasses,
};

function readSequence(store: DiagramStore): Read {
  const actors = [...store.getActors()];
  const messages = store.getMessages();
  return {
    structure: [
      ...actors.map(([id]) => id),
      ...messages.map(({ from, to, type }) => `${from ?? ''} ${type} ${to ?? ''}`),
    ],
    labels: [...actors.map(([, { description }]) => description), ...messages.map(({ message }) => message)],
  };
}

function readFlowchart(store: DiagramStore): Read {
  const vertices = [...store.getVertices().values()];
  const edges = store.getEdges();
  return {
    structure: [
      ...vertices.map(({ id, type, classes }) => `${id} ${type} ${classes.join(' ')}`),
      ...edges.map(({ start, end, stroke }) => `${start} ${stroke} ${end}`),
    ],
    labels: [...vertices.map(({ text }) => text), ...edges.map(({ text }) => text)],
  };
}

function readStates(store: DiagramStore): Read {
  const states = [...store.getStates().values()];
  const relations = store.getRelations();
  return {
    structure: [
      ...states.map(
        ({ id, type, classes, note }) => `${id} ${type} ${classes.join(' ')} ${note !== undefined}`,
      ),
      ...relations.map(({ id1, id2 }) => `${id1} --> ${id2}`),
    ],
    labels: [
      ...states.flatMap(({ descriptions, note }) => [
        ...descriptions,
        ...(note === undefined ? [] : [note.text]),
      ]),
      ...relations.map(({ relationTitle }) => relationTitle ?? ''),
    ],
  };
}

function readClasses(store: DiagramStore): Read {
  const classes = [...store.getClasses().values()];
  const relations = store.getRelations();
  return {
    structure: [
      ...classes.map(
        ({ id, annotations, members, methods }) =>
          `${id} ${annotations.join(' ')} ${members.length} ${methods.length}`,
      ),
      ...relations.map(({ id1, id2 }) => `${id1} --> ${id2}`),
    ],
    labels: [
      ...classes.flatMap(({ label, members, methods }) => [
        label,
        ...members.map(({ id }) => id),
        ...methods.map(({ id, parameters }) => `${id}(${parameters})`),
      ]),
      ...relations.map(({ title }) => title ?? ''),
    ],
  };
}

/** Character codes as Mermaid keeps them until it draws. */
function decode(label: string): string {
  return label.replace(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
