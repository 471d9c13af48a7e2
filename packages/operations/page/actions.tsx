import { useEffect, useRef, useState } from 'preact/hooks';
import type {
  ActionRequest,
  ActionResult,
  ActionView,
  FieldView,
  PersonView,
  SagaView,
} from '../src/views/page-views.js';
import { write } from './api.js';
import { Section, visible } from './parts.js';
import { linkToSaga } from './routes.js';

/** What a person can do: each action says what follows, before it is done. */
export function Actions({
  sagaId,
  view,
  person,
  done,
}: {
  readonly sagaId: string;
  readonly view: SagaView;
  readonly person: PersonView | undefined;
  readonly done: () => void;
}) {
  const [result, setResult] = useState<string | undefined>(undefined);
  const [open, setOpen] = useState<string | undefined>(undefined);
  const said = (text: string): void => {
    setResult(text);
    setOpen(undefined);
    done();
  };
  const isTold = person?.actor !== undefined;
  return (
    <Section title="What you can do" id="actions">
      <p class="result" role="status">
        {result}
      </p>
      {view.actions.length === 0 && (
        <p class="dim">
          {person?.isReadOnly === true
            ? 'This page is read-only.'
            : isTold
              ? nothingToDo(view)
              : 'Nothing: the application does not say who you are.'}
        </p>
      )}
      {view.actions.map((action) => {
        const key = `${action.name} ${action.target ?? ''} ${action.entry ?? ''}`;
        return (
          <Action
            key={key}
            id={key.replaceAll(/[^\w-]/g, '-')}
            sagaId={sagaId}
            seq={view.seq}
            action={action}
            isOpen={open === key}
            toggle={() => {
              setResult(undefined);
              setOpen(open === key ? undefined : key);
            }}
            said={said}
            refused={done}
          />
        );
      })}
    </Section>
  );
}

function nothingToDo({ row }: SagaView): string {
  return row.status === 'completed' || row.status === 'failed'
    ? 'Nothing: it has ended.'
    : 'Nothing: it needs no person now.';
}

function Action({
  id,
  sagaId,
  seq,
  action,
  isOpen,
  toggle,
  said,
  refused,
}: {
  readonly id: string;
  readonly sagaId: string;
  readonly seq: number;
  readonly action: ActionView;
  readonly isOpen: boolean;
  readonly toggle: () => void;
  readonly said: (text: string) => void;
  readonly refused: () => void;
}) {
  return (
    <div class={`action ${action.isGrave ? 'is-grave' : ''}`}>
      <button
        type="button"
        class="opener"
        aria-expanded={isOpen}
        aria-controls={`form-${id}`}
        onClick={toggle}
      >
        {visible(action.label)}
      </button>
      <div id={`form-${id}`} hidden={!isOpen}>
        {isOpen && (
          <ActionForm
            id={id}
            sagaId={sagaId}
            seq={seq}
            action={action}
            said={said}
            refused={refused}
            close={toggle}
          />
        )}
      </div>
    </div>
  );
}

function ActionForm({
  id,
  sagaId,
  seq,
  action,
  said,
  refused,
  close,
}: {
  readonly id: string;
  readonly sagaId: string;
  readonly seq: number;
  readonly action: ActionView;
  readonly said: (text: string) => void;
  readonly refused: () => void;
  readonly close: () => void;
}) {
  // What the person saw when the form was opened: entries that came since are news for them.
  const seen = useRef(seq);
  const requestId = useRef(crypto.randomUUID());
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    form.current?.querySelector<HTMLElement>('textarea, input, select, button')?.focus();
  }, []);

  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement) || isBusy) return;
    setBusy(true);
    setTrouble(undefined);
    try {
      const payload = payloadOf(action.fields, new FormData(event.currentTarget));
      const request: ActionRequest = {
        name: action.name,
        seq: seen.current,
        requestId: requestId.current,
        ...(note === '' ? {} : { note }),
        ...(action.target === undefined || action.name === 'redeliver' ? {} : { target: action.target }),
        ...(action.entry === undefined ? {} : { entry: action.entry }),
        ...(payload === undefined ? {} : { payload }),
      };
      const result = await write<ActionResult>(`sagas/${encodeURIComponent(sagaId)}/actions`, request);
      if (result.sagaId !== undefined) {
        location.hash = linkToSaga(result.sagaId);
        return;
      }
      const failed = result.failedHandlers ?? [];
      said(
        failed.length === 0
          ? `${action.label}: recorded.`
          : `These handlers failed again: ${failed.join(', ')}.`,
      );
    } catch (error) {
      setTrouble((error as Error).message);
      setBusy(false);
      seen.current = seq;
      refused();
    }
  };

  return (
    <form ref={form} onSubmit={(event) => void send(event)}>
      <p class="foresight">{visible(action.sentence)}</p>
      {action.refusal !== undefined ? (
        <p class="refused">{visible(action.refusal)}</p>
      ) : (
        <>
          {action.fields.map((field) => (
            <Field key={field.name} field={field} />
          ))}
          {action.name !== 'signal' && (
            <label for={`note-${id}`}>
              <span>
                {action.isNoteRequired ? 'Note for the journal' : 'Note for the journal, if you like'}
              </span>
              <textarea
                id={`note-${id}`}
                rows={2}
                maxLength={1_000}
                required={action.isNoteRequired}
                value={note}
                onInput={(event) => setNote(event.currentTarget.value)}
              />
            </label>
          )}
          {trouble !== undefined && (
            <p class="refused" role="alert">
              {visible(trouble)}
            </p>
          )}
          <span class="buttons">
            <button type="submit" class={action.isGrave ? 'grave' : 'strong'} disabled={isBusy}>
              {isBusy ? 'Sending…' : visible(action.label)}
            </button>
            <button type="button" class="quiet" onClick={close}>
              Leave it
            </button>
          </span>
        </>
      )}
    </form>
  );
}

const wholePayload = 'payload';

function Field({ field }: { readonly field: FieldView }) {
  const name = field.name === '' ? wholePayload : field.name;
  const label = field.name === '' ? 'Payload, as JSON' : field.name;
  const common = { name, required: field.isRequired && field.type !== 'boolean' };
  return (
    <label>
      <span>
        {visible(label)}
        {field.description !== undefined && <em> {visible(field.description)}</em>}
      </span>
      {field.type === 'choice' ? (
        <select {...common}>
          {!field.isRequired && <option value="" />}
          {(field.choices ?? []).map((choice) => (
            <option key={choice} value={choice}>
              {visible(choice)}
            </option>
          ))}
        </select>
      ) : field.type === 'json' ? (
        <textarea {...common} rows={4} spellcheck={false} class="code" />
      ) : field.type === 'boolean' ? (
        <input {...common} type="checkbox" />
      ) : field.type === 'number' ? (
        <input {...common} type="number" step="any" />
      ) : (
        <input {...common} type="text" />
      )}
    </label>
  );
}

/** @throws Error if a field is no JSON. */
function payloadOf(fields: readonly FieldView[], data: FormData): unknown {
  if (fields.length === 0) return undefined;
  if (fields.length === 1 && fields[0]?.name === '')
    return parse('The payload', textOf(data, wholePayload) ?? '');
  const values = fields.map((field): readonly [string, unknown] => {
    const text = textOf(data, field.name);
    if (field.type === 'boolean') return [field.name, text !== undefined];
    if (text === undefined || text === '') return [field.name, undefined];
    if (field.type === 'number') return [field.name, Number(text)];
    return [field.name, field.type === 'json' ? parse(field.name, text) : text];
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function textOf(data: FormData, name: string): string | undefined {
  const value = data.get(name);
  return typeof value === 'string' ? value : undefined;
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not JSON.`);
  }
}
