import {
  Archive,
  ChartColumn,
  HeartPulse,
  ListChecks,
  type LucideIcon,
  MessagesSquare,
  Search,
} from 'lucide-react';

export interface ViewLink {
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** The key behind `g` that goes there. */
  readonly key: string;
}

/** Where the navigation leads. */
export const views: readonly ViewLink[] = [
  { path: '/', label: 'Chats', icon: MessagesSquare, key: 'c' },
  { path: '/search', label: 'Search', icon: Search, key: 's' },
  { path: '/work', label: 'Work', icon: ListChecks, key: 'w' },
  { path: '/backups', label: 'Backups', icon: Archive, key: 'b' },
  { path: '/health', label: 'Health', icon: HeartPulse, key: 'h' },
  { path: '/pictures', label: 'Pictures', icon: ChartColumn, key: 'p' },
];

/** Whether an address belongs to a view. */
export function isIn(path: string, location: string): boolean {
  return path === '/' ? location === '/' || location.startsWith('/c/') : location === path;
}
