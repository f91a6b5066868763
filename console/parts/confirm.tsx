import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';

/** A button whose act is asked about once more. */
export function Confirm(props: {
  /** What it does, as `Remove`. */
  readonly act: string;
  readonly title: string;
  readonly children: ReactNode;
  readonly busy: boolean;
  readonly onConfirm: (close: () => void) => void;
}) {
  return (
    <Dialog button={`${props.act}…`} title={props.title}>
      {(close) => (
        <>
          <p>{props.children}</p>
          <Group justify="end">
            <Button variant="default" onClick={close}>
              Keep
            </Button>
            <Button color="red.9" loading={props.busy} onClick={() => props.onConfirm(close)}>
              {props.act}
            </Button>
          </Group>
        </>
      )}
    </Dialog>
  );
}
