import type { ReactNode } from 'react';
import { Waiting } from './list.tsx';
import { ProblemView } from './problem.tsx';

/** What was read, or that it is being read, or why it could not be. */
export function Loaded<Data>(props: {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: unknown;
    readonly refetch: () => Promise<unknown>;
  };
  readonly children: (data: Data) => ReactNode;
}) {
  const { data, error, refetch } = props.query;
  if (data !== undefined) return <>{props.children(data)}</>;
  return error === null ? <Waiting /> : <ProblemView error={error} retry={() => void refetch()} />;
}
