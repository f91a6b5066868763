import { Button } from '@mantine/core';
import { explain } from '../api/problem.ts';
import { Empty } from './empty.tsx';

/** What is shown in the place of what could not be read. */
export function ProblemView(props: { readonly error: unknown; readonly retry?: () => void }) {
  const { title, detail } = explain(props.error);
  return (
    <div role="alert">
      <Empty
        title={title}
        next={
          props.retry && (
            <Button variant="default" onClick={props.retry}>
              Try again
            </Button>
          )
        }
      >
        {detail}
      </Empty>
    </div>
  );
}
