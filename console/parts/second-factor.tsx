import { Anchor, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { verifyBackupCode, verifyTotp } from '../api/auth.ts';
import { Door, Form } from './door.tsx';
import { Said } from './said.tsx';

/** The second step of a sign-in: a code of the authenticator, or a recovery code. */
export function SecondFactor(props: { readonly done: () => void }) {
  const [byRecovery, setByRecovery] = useState(false);
  const [code, setCode] = useState('');
  const work = useMutation({
    mutationFn: () => (byRecovery ? verifyBackupCode(code.trim()) : verifyTotp(code.replaceAll(' ', ''))),
    onSuccess: props.done,
  });
  return (
    <Door
      title="One more step"
      about={byRecovery ? 'Each recovery code counts once.' : 'The six digits of your authenticator.'}
    >
      <Form onSubmit={() => work.mutate()}>
        <TextInput
          label={byRecovery ? 'Recovery code' : 'Code'}
          inputMode={byRecovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          required
          value={code}
          onChange={({ currentTarget }) => setCode(currentTarget.value)}
        />
        <Said error={work.error} />
        <Button type="submit" loading={work.isPending}>
          Go on
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={() => setByRecovery(!byRecovery)}>
          {byRecovery ? 'Use the authenticator' : 'Use a recovery code'}
        </Anchor>
      </Form>
    </Door>
  );
}
