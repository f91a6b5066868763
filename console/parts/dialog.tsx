import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useCallback, type ReactNode } from 'react';

/** A button that opens a dialog. @param children is given how to close it */
export function Dialog(props: {
  readonly button: string;
  readonly title: string;
  readonly primary?: true;
  readonly size?: string;
  readonly closed?: () => void;
  readonly children: (close: () => void) => ReactNode;
}) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const { closed } = props;
  const end = useCallback(() => {
    close();
    closed?.();
  }, [close, closed]);
  return (
    <>
      <Button variant={props.primary === true ? 'filled' : 'default'} size="xs" onClick={open}>
        {props.button}
      </Button>
      <Modal
        opened={isOpen}
        onClose={end}
        title={props.title}
        size={props.size ?? 'md'}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {props.children(end)}
      </Modal>
    </>
  );
}
