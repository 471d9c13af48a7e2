import type { SceneView } from '../src/views/page-views.js';
import { visible } from './parts.js';

/** One line of the drawing: a step on its way forward, and what undid it; or something that happened between steps. */
interface Line {
  readonly title: string;
  readonly forward: readonly SceneView[];
  readonly back: readonly SceneView[];
  readonly mark?: SceneView;
}

/** A saga as a way: forward it leads down, and from where it turned the way back leads up again. */
export function Drawing({
  scenes,
  waiting,
}: {
  readonly scenes: readonly SceneView[];
  /** The current wait, by the id of its stage. */
  readonly waiting: string | undefined;
}) {
  const { lines, turn, end } = linesOf(scenes.map((scene) => waitingScene(scene, waiting)));
  const isBack = lines.some(({ back }) => back.length > 0);
  const turned = lines.findLastIndex(
    ({ back, forward, mark }) =>
      back.length > 0 || mark !== undefined || forward.some(({ isToCome }) => !isToCome),
  );
  const isEndBack = isBack && end !== undefined;
  return (
    <div class={`drawing ${isBack ? 'both-ways' : ''}`}>
      {isBack && (
        <div class="ways" aria-hidden="true">
          <span>Forward</span>
          <span class="back-way">The way back</span>
        </div>
      )}
      <ol>
        {isEndBack && (
          <li class="line end">
            <Rail lane="done" isFirst back="end" isBackToCome={end.isToCome} />
            <div class="texts">
              <span class="forth-text" />
              <EndText scene={end} />
            </div>
          </li>
        )}
        {lines.map((line, index) => (
          <LineItem
            key={`${line.title} ${index}`}
            line={line}
            isFirst={index === 0}
            isLast={index === lines.length - 1}
            hasBack={isBack && index <= turned}
            isTurn={isBack && index === turned}
            isAfterTurn={isBack && index > turned}
            hasEnd={!isBack && end !== undefined}
          />
        ))}
        {!isBack && end !== undefined && (
          <li class="line end">
            <Rail lane={end.isToCome ? 'to-come' : 'done'} isLast node={end.isToCome ? 'to-come' : 'end'} />
            <div class="texts">
              <EndText scene={end} />
            </div>
          </li>
        )}
      </ol>
      {turn.length > 0 && (
        <ul class="notes" aria-label="What happened on the way back">
          {turn.map((scene, index) => (
            <li key={index} class={`colour-${scene.colour ?? 'none'}`}>
              <SceneText scene={scene} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function LineItem({
  line,
  isFirst,
  isLast,
  hasBack,
  isTurn,
  isAfterTurn,
  hasEnd,
}: {
  readonly line: Line;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly hasBack: boolean;
  readonly isTurn: boolean;
  readonly isAfterTurn: boolean;
  readonly hasEnd: boolean;
}) {
  const { forward, back, mark } = line;
  const last = forward.at(-1) ?? mark;
  const undo = back.at(-1);
  const colour = last?.colour ?? 'waiting';
  const isToCome = last?.isToCome === true && colour === 'waiting';
  return (
    <li class={`line colour-${colour} ${mark === undefined ? '' : 'mark'}`}>
      <Rail
        lane={isAfterTurn || isToCome ? 'to-come' : 'done'}
        isOpen={last?.isToCome === true}
        isFirst={isFirst}
        isLast={isLast && !hasEnd}
        node={mark === undefined ? colour : `mark ${colour}`}
        {...(hasBack ? { back: undo === undefined ? 'none' : (undo.colour ?? 'waiting') } : {})}
        isTurn={isTurn}
        isBackToCome={undo?.isToCome === true && undo.colour !== 'running'}
      />
      <div class="texts">
        <div class="forth-text">
          {forward.slice(0, -1).map((scene, index) => (
            <p key={index} class="earlier">
              before: {visible(scene.lines.slice(1).join(', '))}
            </p>
          ))}
          {last !== undefined && <SceneText scene={last} />}
        </div>
        {undo !== undefined && (
          <div class={`back-text colour-${undo.colour ?? 'waiting'}`}>
            <SceneText scene={undo} />
          </div>
        )}
      </div>
    </li>
  );
}

function SceneText({ scene }: { readonly scene: SceneView }) {
  const [title = '', ...details] = scene.lines;
  const isPlan = scene.isToCome && details.length === 0;
  return (
    <>
      {scene.because !== undefined && scene.because !== 'undo' && (
        <p class="because">{visible(scene.because)}</p>
      )}
      <p class="title">
        <bdi>{visible(title)}</bdi>
        {scene.alternative?.[0] !== undefined && (
          <span class="dim">
            {' '}
            or <bdi>{visible(scene.alternative[0])}</bdi>
          </span>
        )}
      </p>
      {details.map((detail, index) => (
        <p key={index} class={index === 0 ? 'state' : 'detail'}>
          {visible(detail)}
        </p>
      ))}
      {isPlan && scene.kind !== 'end' && <p class="state dim">to come</p>}
    </>
  );
}

function EndText({ scene }: { readonly scene: SceneView }) {
  const [title = ''] = scene.lines;
  return (
    <div class={`end-text colour-${scene.colour ?? 'waiting'}`}>
      <p class="title">{visible(title)}</p>
      {scene.isToCome ? <p class="state dim">to come</p> : null}
    </div>
  );
}

const forth = 12;
const back = 40;
const nodeAt = 17;

/** The piece of the way beside one line: as tall as its text. */
function Rail({
  lane,
  node,
  isFirst = false,
  isLast = false,
  isOpen = false,
  back: undone,
  isTurn = false,
  isBackToCome = false,
}: {
  readonly lane: string;
  readonly node?: string;
  readonly isFirst?: boolean;
  readonly isLast?: boolean;
  /** The way beyond it is still to come. */
  readonly isOpen?: boolean;
  readonly back?: string;
  readonly isTurn?: boolean;
  readonly isBackToCome?: boolean;
}) {
  return (
    <svg class="rail" aria-hidden="true">
      {node !== undefined && !isFirst && (
        <line class={`way ${lane}`} x1={forth} x2={forth} y1="0" y2={nodeAt} />
      )}
      {node !== undefined && !isLast && !isTurn && (
        <line class={`way ${isOpen ? 'to-come' : lane}`} x1={forth} x2={forth} y1={nodeAt} y2="100%" />
      )}
      {undone !== undefined && undone !== 'end' && (
        <line class={`way back ${isBackToCome ? 'to-come' : ''}`} x1={back} x2={back} y1="0" y2={nodeAt} />
      )}
      {undone === 'end' && (
        <line class={`way back ${isBackToCome ? 'to-come' : ''}`} x1={back} x2={back} y1={nodeAt} y2="100%" />
      )}
      {undone !== undefined && undone !== 'end' && !isTurn && (
        <line class="way back" x1={back} x2={back} y1={nodeAt} y2="100%" />
      )}
      {isTurn && <path class="way turn" d={`M${forth} ${nodeAt} v9 a14 14 0 0 0 28 0 v-9`} />}
      {node?.startsWith('mark') === true ? (
        <rect class={`node ${node}`} x={forth - 4} y={nodeAt - 4} width="8" height="8" rx="1.5" />
      ) : (
        node !== undefined && <circle class={`node ${node}`} cx={forth} cy={nodeAt} r="5.5" />
      )}
      {undone !== undefined && undone !== 'none' && (
        <circle
          class={`node undo ${undone === 'end' && isBackToCome ? 'waiting' : undone}`}
          cx={back}
          cy={nodeAt}
          r="5.5"
        />
      )}
    </svg>
  );
}

/** A stage at which the saga waits says so, in place of the turn of a worker. */
function waitingScene(scene: SceneView, waiting: string | undefined): SceneView {
  const [title] = scene.lines;
  if (!scene.isToCome || title === undefined || title !== waiting || scene.colour === 'waiting') return scene;
  const details = scene.lines.slice(1).filter((line) => line !== 'next' && line !== 'running');
  return { ...scene, lines: [title, 'waits here', ...details] };
}

/** Steps in the order in which they went forward, each with its undo; marks stand where they happened. */
function linesOf(scenes: readonly SceneView[]): {
  readonly lines: readonly Line[];
  /** What happened after the turn. */
  readonly turn: readonly SceneView[];
  readonly end: SceneView | undefined;
} {
  const lines: Line[] = [];
  const turn: SceneView[] = [];
  let isBack = false;
  // The first scene is the beginning, which the head of the page shows.
  for (const scene of scenes.slice(1)) {
    if (scene.kind === 'end') continue;
    const [title = ''] = scene.lines;
    if (scene.kind === 'mark') {
      if (isBack) turn.push(scene);
      else lines.push({ title, forward: [], back: [], mark: scene });
      continue;
    }
    if (scene.kind === 'act') {
      add(lines, title, scene, 'forward');
      continue;
    }
    isBack = true;
    add(lines, title.replace(/^undo /, ''), scene, 'back');
  }
  const last = scenes.at(-1);
  return { lines, turn, end: last?.kind === 'end' && scenes.length > 1 ? last : undefined };
}

function add(lines: Line[], title: string, scene: SceneView, way: 'forward' | 'back'): void {
  const index = lines.findIndex((line) => line.title === title && line.mark === undefined);
  const known = lines[index];
  if (known === undefined) {
    const line = { title, forward: [], back: [], [way]: [scene] };
    lines.push(line);
  } else lines[index] = { ...known, [way]: [...known[way], scene] };
}
