import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import type { Platform, Step, Way } from '../api/installs.ts';
import { Copy } from './copy.tsx';
import { Form } from './door.tsx';
import { Fields } from './fields.tsx';
import { Said } from './said.tsx';
import { startOf, type Values } from './start-of.ts';
import { useAct } from './use-act.ts';

/** The form of one way to connect, below the addresses that the platform is told, ready to copy. */
export function WayForm(props: {
  readonly platform: Platform['platform'];
  readonly way: Way;
  /** Whether the addresses of the app are needed before it is there. */
  readonly prepares: boolean;
  /** Where people are led who come back from the platform; absent: to the installs. */
  readonly back?: 'get-started';
  readonly after: (step: { readonly go: Step | null }) => void;
}) {
  const { platform, way, back } = props;
  const [values, setValues] = useState<Values>(startOf(way.fields));
  const prepared = useQuery({
    queryKey: ['prepared', platform],
    queryFn: () => read(api.connect[':platform'].prepare.$post({ param: { platform }, json: {} })),
    staleTime: Infinity,
    enabled: props.prepares,
  });
  const begin = useAct(
    () =>
      read(
        api.connect[':platform'].$post({
          param: { platform },
          json: {
            way: way.id,
            values,
            ...(back !== undefined && { back }),
            ...(prepared.data !== undefined && { app: prepared.data.app }),
          },
        }),
      ),
    { changes: ['installs'], quiet: true, after: props.after },
  );
  return (
    <>
      {prepared.data !== undefined && (
        <div className="note">
          <Address name="Events go to" url={prepared.data.hookUrl} />
          <Address name="People come back to" url={prepared.data.callbackUrl} />
          {prepared.data.prefilled !== null && /^https?:/.test(prepared.data.prefilled) && (
            <a href={prepared.data.prefilled} target="_blank" rel="noopener noreferrer">
              Make the app there, filled in
            </a>
          )}
        </div>
      )}
      <Form onSubmit={() => begin.mutate(undefined)}>
        <Fields fields={way.fields} values={values} onChange={setValues} />
        <Said error={begin.error ?? prepared.error} />
        <Button type="submit" loading={begin.isPending}>
          Connect
        </Button>
      </Form>
    </>
  );
}

/** An address to copy. */
export function Address(props: { readonly name: string; readonly url: string }) {
  return (
    <div>
      <span className="quiet">{props.name}: </span>
      <span className="mono wrap">{props.url}</span> <Copy text={props.url} what={props.name.toLowerCase()} />
    </div>
  );
}
