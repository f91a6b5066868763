import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, done, read } from '../api/client.ts';
import { ssoQuery, type Provider } from '../api/people.ts';
import { isAtLeast, type Role } from '../api/roles.ts';
import { Confirm } from './confirm.tsx';
import { Copy } from './copy.tsx';
import { Dialog } from './dialog.tsx';
import { Form } from './door.tsx';
import { Empty } from './empty.tsx';
import { Rows, type Column } from './list.tsx';
import { Loaded } from './loaded.tsx';
import { Panel } from './page.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

const COLUMNS: readonly Column<Provider>[] = [
  { title: 'Domain', cell: ({ domain }) => domain },
  { title: 'Issuer', cell: ({ issuer }) => <span className="mono">{issuer}</span> },
  { title: 'Newcomers are', cell: ({ role }) => role },
];

/** The organization's own sign-in, by OpenID Connect. */
export function Providers(props: { readonly mine: Role }) {
  const query = useQuery(ssoQuery);
  const isOwner = isAtLeast(props.mine, 'owner');
  const columns = isOwner ? [...COLUMNS, { title: 'Do', cell: (of: Provider) => <Remove of={of} /> }] : COLUMNS;
  return (
    <Panel
      flush
      title="Single sign-on"
      actions={
        isOwner && (
          <Dialog button="Add a provider…" title="Sign in by OpenID Connect">
            {(close) => <Add close={close} redirectUri={query.data?.redirectUri ?? ''} />}
          </Dialog>
        )
      }
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="There is no provider">
              With one, people of a domain sign in by Google, Microsoft, Okta or any other issuer.
            </Empty>
          ) : (
            <Rows label="Providers" rows={items} columns={columns} keyOf={({ id }) => id} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Add(props: { readonly close: () => void; readonly redirectUri: string }) {
  const [values, setValues] = useState({ issuer: '', clientId: '', clientSecret: '', domain: '' });
  const add = useAct(() => read(api.sso.$post({ json: values })), {
    changes: ['sso'],
    says: 'The provider was asked, and is added',
    quiet: true,
    after: props.close,
  });
  const field = (name: keyof typeof values, label: string, placeholder = '') => ({
    label,
    placeholder,
    required: true,
    autoComplete: 'off',
    value: values[name],
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }): void =>
      setValues({ ...values, [name]: currentTarget.value.trim() }),
  });
  return (
    <Form onSubmit={() => add.mutate(undefined)}>
      <p className="note wrap">
        Tell the provider to send people back to <span className="mono">{props.redirectUri}</span>{' '}
        <Copy text={props.redirectUri} what="the address" />
      </p>
      <TextInput {...field('issuer', 'Issuer', 'https://accounts.google.com')} />
      <TextInput {...field('clientId', 'Client id')} />
      <PasswordInput
        {...field('clientSecret', 'Client secret')}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
      />
      <TextInput {...field('domain', 'Domain of the addresses', 'example.com')} />
      <Said error={add.error} />
      <Button type="submit" loading={add.isPending}>
        Add
      </Button>
    </Form>
  );
}

function Remove({ of }: { readonly of: Provider }) {
  const remove = useAct(() => done(api.sso[':id'].$delete({ param: { id: of.id } })), {
    changes: ['sso'],
    says: 'The provider is gone',
  });
  return (
    <Confirm
      act="Remove"
      title={`Remove the provider of ${of.domain}?`}
      busy={remove.isPending}
      onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
    >
      Sessions that it vouched for end at once.
    </Confirm>
  );
}
