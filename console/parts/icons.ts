import {
  IconAddressBook,
  IconBook2,
  IconBrain,
  IconChartBar,
  IconHeartRateMonitor,
  IconHistory,
  IconHome,
  IconMessageCircle,
  IconMessages,
  IconPlugConnected,
  IconRobot,
  IconSend,
  IconTool,
  type Icon,
} from '@tabler/icons-react';

/** The icon of a page in the navigation. */
export const ICONS: Readonly<Record<string, Icon>> = {
  '/': IconHome,
  '/conversations': IconMessages,
  '/chat': IconMessageCircle,
  '/deliveries': IconSend,
  '/installs': IconPlugConnected,
  '/agents': IconRobot,
  '/models': IconBrain,
  '/tools': IconTool,
  '/policies': IconBook2,
  '/usage': IconChartBar,
  '/members': IconAddressBook,
  '/audit': IconHistory,
  '/system': IconHeartRateMonitor,
};
