import { Button, Group, JsonInput } from '@mantine/core';
import { useState } from 'react';
import * as z from 'zod/mini';
import { layerOf, levelOf, saveLayer, widerOf, type Decided, type Place, type Policies } from '../../api/policies.ts';
import { Panel } from '../page.tsx';
import { Said } from '../said.tsx';
import { useAct } from '../use-act.ts';
import { FIELDS } from './all.ts';
import { PolicyRow } from './row.tsx';

/** The server checks each field of it, and names what it does not take. */
const Body = z.custom<Parameters<typeof saveLayer>[1]>((value) => typeof value === 'object' && value !== null);

type Props = { readonly policies: Policies; readonly place: Place; readonly maySteer: boolean };

/** What holds in a place, each value with its field. Nothing is decided before it is saved. */
export function PolicyEditor({ policies, place, maySteer }: Props) {
  const own = layerOf(policies, place);
  const [draft, setDraft] = useState<Decided>();
  const [asJson, setAsJson] = useState(false);
  const decided = draft ?? own;
  const save = useAct(() => saveLayer(place, Body.parse(decided)), {
    changes: ['policies'],
    says: 'It holds from now on',
    quiet: true,
  });
  const isChanged = draft !== undefined && JSON.stringify(draft) !== JSON.stringify(own);
  // What was saved stays in sight until it has been read anew: else the old value would flash up. What was changed meanwhile stays.
  const send = (): void =>
    save.mutate(undefined, { onSuccess: () => setDraft((now) => (now === draft ? undefined : now)) });
  return (
    <Panel
      flush
      title="What holds here"
      actions={
        maySteer && (
          <Button variant="subtle" size="xs" aria-pressed={asJson} onClick={() => setAsJson(!asJson)}>
            As JSON
          </Button>
        )
      }
    >
      {asJson ? (
        <div className="panel-body">
          <JsonView decided={decided} set={setDraft} />
        </div>
      ) : (
        <Form policies={policies} place={place} decided={decided} set={maySteer ? setDraft : undefined} />
      )}
      {(isChanged || save.error !== null) && (
        <div className="save-bar">
          <Said error={save.error} />
          <Group gap="xs">
            <Button loading={save.isPending} disabled={!isChanged} onClick={send}>
              Decide
            </Button>
            <Button
              variant="default"
              onClick={() => {
                setDraft(undefined);
                save.reset();
              }}
            >
              As it was
            </Button>
          </Group>
        </div>
      )}
    </Panel>
  );
}

function Form(props: {
  readonly policies: Policies;
  readonly place: Place;
  readonly decided: Decided;
  readonly set: ((decided: Decided) => void) | undefined;
}) {
  const { decided, set, place } = props;
  const wider = widerOf(props.policies, place);
  const here = levelOf(place);
  return (
    <div>
      {FIELDS.map((field) => {
        const { name } = field;
        const isOwn = decided[name] !== undefined;
        const { [name]: value, ...others } = decided;
        return (
          <PolicyRow
            key={name}
            of={field}
            held={isOwn ? { value, from: here, origin: 'console' } : wider.get(name)}
            isOwn={isOwn}
            set={set && ((given) => set(given === undefined ? others : { ...decided, [name]: given }))}
            useWider={() => set?.(others)}
          />
        );
      })}
    </div>
  );
}

const Fields = z.record(z.string(), z.unknown());

/** The same as text: for what is copied from elsewhere. */
function JsonView(props: { readonly decided: Decided; readonly set: (decided: Decided) => void }) {
  const [text, setText] = useState(() => JSON.stringify(props.decided, undefined, 2));
  return (
    <JsonInput
      label="What this place decides itself"
      description="A field that is not named here comes from the wider place."
      validationError='It has to be an object: { "answer": "mention" }'
      autosize
      minRows={8}
      maxRows={24}
      spellCheck={false}
      value={text}
      onChange={(given) => {
        setText(given);
        const read = recordOf(given);
        if (read !== undefined) props.set(read);
      }}
    />
  );
}

/** Undefined while it is being typed. */
function recordOf(text: string): Decided | undefined {
  try {
    return Fields.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
