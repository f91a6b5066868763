import '@mantine/notifications/styles.css';
import { Notifications, notifications } from '@mantine/notifications';

/** The place of the toasts. */
export default function Toasts() {
  return <Notifications position="bottom-right" />;
}

/** Shows one; a bad one stays until it is closed. */
export function show(what: { readonly title: string; readonly message?: string; readonly isBad?: true }): void {
  notifications.show({
    title: what.title,
    message: what.message ?? '',
    color: what.isBad === true ? 'red' : 'petrol',
    closeButtonProps: { 'aria-label': 'Close' },
    ...(what.isBad === true && { autoClose: false }),
  });
}
