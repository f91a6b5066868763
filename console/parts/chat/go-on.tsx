import { Button, Group, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { continueFrom } from '../../api/chat.ts';
import { Dialog } from '../dialog.tsx';
import { Form } from '../door.tsx';
import { Said } from '../said.tsx';
import { useAct } from '../use-act.ts';

/** Goes on here from what was said on another platform, by the link that it gives. */
export function GoOn() {
  return (
    <Dialog button="Continue from a link…" title="Continue a conversation here">
      {(close) => <ByLink close={close} />}
    </Dialog>
  );
}

function ByLink({ close }: { readonly close: () => void }) {
  const [link, setLink] = useState('');
  const navigate = useNavigate();
  const go = useAct(() => continueFrom(link), {
    changes: ['chats'],
    quiet: true,
    after({ id }) {
      close();
      void navigate({ to: '/chat/$chat', params: { chat: id } });
    },
  });
  return (
    <Form onSubmit={() => go.mutate(undefined)}>
      <p className="quiet flat">
        What was said there is copied here, for you and whom you let in. Nothing is written back. That you read it
        stands in the audit.
      </p>
      <TextInput
        label="Link to a message"
        placeholder="https://acme.slack.com/archives/…"
        value={link}
        data-autofocus
        onChange={({ currentTarget }) => setLink(currentTarget.value)}
      />
      <Said error={go.error} />
      <Group justify="end" mt="md">
        <Button type="submit" loading={go.isPending} disabled={link.trim() === ''}>
          Continue
        </Button>
      </Group>
    </Form>
  );
}
