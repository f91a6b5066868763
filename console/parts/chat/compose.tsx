import { ActionIcon, Button, Textarea } from '@mantine/core';
import { IconPaperclip, IconX } from '@tabler/icons-react';
import { useRef, type KeyboardEvent } from 'react';
import { explain } from '../../api/problem.ts';
import { useWriting, type Writer } from './use-writing.ts';

/** Where one writes. */
export function Compose(props: {
  readonly chat: string;
  readonly typing: () => void;
  readonly isBusy: boolean;
  readonly stop: () => void;
}) {
  const writer = useWriting(props.chat);
  return (
    <form
      className="chat-compose"
      aria-label="Write"
      onSubmit={(event) => {
        event.preventDefault();
        void writer.submit();
      }}
    >
      <Chosen files={writer.files} leaveOut={writer.leaveOut} />
      {writer.error !== null && (
        <p className="said" role="alert">
          {explain(writer.error).detail}
        </p>
      )}
      <Unsent writer={writer} />
      <Words writer={writer} typing={props.typing} />
      <div className="chat-buttons">
        <Attach add={writer.add} />
        {props.isBusy && (
          <Button variant="default" onClick={props.stop}>
            Stop
          </Button>
        )}
        <Button type="submit" loading={writer.isSending} disabled={writer.isEmpty || writer.unsent !== undefined}>
          Send
        </Button>
      </div>
    </form>
  );
}

/** What could not be sent while the next words were written: they wait for it. */
function Unsent({ writer }: { readonly writer: Writer }) {
  const { unsent } = writer;
  if (unsent === undefined) return null;
  const names = unsent.files.map(({ name }) => name).join(', ');
  return (
    <div className="chat-unsent" role="group" aria-label="Not sent">
      <p className="flat wrap">{[unsent.text, names].filter((part) => part !== '').join(' · ')}</p>
      <Button size="xs" loading={writer.isSending} onClick={() => void writer.submitUnsent()}>
        Send it again
      </Button>
      <Button size="xs" variant="default" onClick={writer.leaveUnsent}>
        Leave it out
      </Button>
    </div>
  );
}

/** Files may be pasted, or dropped here. */
function Words({ writer, typing }: { readonly writer: Writer; readonly typing: () => void }) {
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void writer.submit();
  };
  return (
    <Textarea
      aria-label="Message"
      placeholder="Write a message. Enter sends, Shift and Enter begins a line."
      autosize
      minRows={1}
      maxRows={10}
      maxLength={40_000}
      value={writer.text}
      onChange={({ currentTarget }) => {
        writer.say(currentTarget.value);
        typing();
      }}
      onKeyDown={keys}
      onPaste={({ clipboardData }) => {
        if (clipboardData.files.length > 0) writer.add(clipboardData.files);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        writer.add(event.dataTransfer.files);
      }}
    />
  );
}

function Attach({ add }: Pick<Writer, 'add'>) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          add(currentTarget.files ?? []);
          currentTarget.value = '';
        }}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label="Attach files"
        title="Attach files"
        onClick={() => picker.current?.click()}
      >
        <IconPaperclip size={18} />
      </ActionIcon>
    </>
  );
}

/** Files that go with the message. */
function Chosen({ files, leaveOut }: Pick<Writer, 'files' | 'leaveOut'>) {
  if (files.length === 0) return null;
  return (
    <ul className="plain chat-chosen" aria-label="Files to send">
      {files.map((file, index) => (
        <li key={`${file.name} ${index}`}>
          {file.name}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Leave out ${file.name}`}
            onClick={() => leaveOut(index)}
          >
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
