import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { Form } from './door.tsx';
import { Said } from './said.tsx';
import { When } from './time.tsx';

/** Why something was not answered: by the link or the id that people have of it. */
export function FindMessage() {
  const [message, setMessage] = useState('');
  const navigate = useNavigate();
  const find = useMutation({
    mutationFn: () => read(api.conversations.find.$get({ query: { message } })),
    onSuccess: async ({ conversation }) => {
      if (conversation !== null) await navigate({ to: '/conversations/$id', params: { id: conversation } });
    },
  });
  const delivery = find.data?.delivery ?? null;
  return (
    <div className="panel panel-body spaced">
      <Form onSubmit={() => find.mutate()}>
        <Group gap="xs" align="end">
          <TextInput
            className="grow"
            label="Why did it not answer?"
            placeholder="the platform’s link to a message, or its id"
            value={message}
            onChange={({ currentTarget }) => setMessage(currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={find.isPending} disabled={message.trim() === ''}>
            Find out
          </Button>
        </Group>
        <Said error={find.error} />
      </Form>
      {delivery !== null && (
        <p className="note" role="status">
          It never became a message: {find.data?.reason ?? 'it was taken as something else'}.{' '}
          <Link to="/deliveries/$app/$delivery" params={{ app: delivery.app, delivery: delivery.delivery }}>
            What the platform sent
          </Link>
          , <When at={delivery.receivedAt} />
        </p>
      )}
    </div>
  );
}
