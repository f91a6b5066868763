import { Button, Group, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { click, type ChatCard } from '../../api/chat.ts';
import { useAct } from '../use-act.ts';
import { Words } from '../words.tsx';

type Control = ChatCard['controls'][number];
type ButtonControl = Extract<Control, { readonly kind: 'button' }>;
type Clicked = Parameters<typeof click>[2];

const COLORS = { plain: 'default', primary: 'filled', danger: 'filled' } as const;

/** Something to look at and to answer by a click. */
export function CardView(props: { readonly card: ChatCard; readonly chat: string; readonly post: string }) {
  const { card, chat, post } = props;
  const act = useAct((what: Clicked) => click(chat, post, what), { changes: ['approvals'] });
  return (
    <div className="chat-card">
      {card.title !== '' && <strong>{card.title}</strong>}
      <Words text={card.text} revealed length={null} />
      {card.fields.length > 0 && (
        <dl className="chat-fields">
          {card.fields.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <Words text={value} revealed length={null} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {card.image !== null && <Picture {...card.image} />}
      <Group gap="xs" mt="sm">
        {card.controls.map((control) =>
          control.kind === 'select' ? (
            <Choice key={control.id} control={control} choose={(value) => act.mutate({ control: control.id, value })} />
          ) : (
            <Press key={control.id} control={control} busy={act.isPending} press={act.mutate} />
          ),
        )}
      </Group>
    </div>
  );
}

/** Nothing is loaded from elsewhere: whoever wants to see it goes there. */
function Picture({ url, alt }: { readonly url: string; readonly alt: string }) {
  if (!/^https?:\/\//i.test(url)) return null;
  return (
    <p className="flat">
      <a href={url} target="_blank" rel="noopener noreferrer nofollow">
        {alt === '' ? 'Picture' : alt}
      </a>
    </p>
  );
}

function Choice(props: {
  readonly control: Extract<Control, { readonly kind: 'select' }>;
  readonly choose: (value: string) => void;
}) {
  const { label, options } = props.control;
  return (
    <NativeSelect
      aria-label={label}
      value=""
      data={[{ label, value: '' }, ...options]}
      onChange={({ currentTarget }) => {
        if (currentTarget.value !== '') props.choose(currentTarget.value);
      }}
    />
  );
}

function Press(props: {
  readonly control: ButtonControl;
  readonly busy: boolean;
  readonly press: (what: Clicked) => void;
}) {
  const { id, label, style, form } = props.control;
  const [isOpen, setOpen] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    );
    props.press({ control: id, values: Object.fromEntries(entries) });
    setOpen(false);
  };
  return (
    <>
      <Button
        size="xs"
        variant={COLORS[style]}
        {...(style === 'danger' && { color: 'red.9' })}
        loading={props.busy}
        onClick={() => (form === null ? props.press({ control: id }) : setOpen(true))}
      >
        {label}
      </Button>
      {form !== null && (
        <Modal
          opened={isOpen}
          onClose={() => setOpen(false)}
          title={form.title}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <form onSubmit={submit} className="stack">
            {form.inputs.map((input) => {
              const common = {
                name: input.id,
                label: input.label,
                required: !input.optional,
                defaultValue: input.value,
              };
              return input.kind === 'line' ? (
                <TextInput key={input.id} {...common} />
              ) : (
                <Textarea key={input.id} rows={4} {...common} />
              );
            })}
            <Button type="submit">{form.submit}</Button>
          </form>
        </Modal>
      )}
    </>
  );
}
