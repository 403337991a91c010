import { useLayoutEffect } from 'react';
import { useSetting } from './setting.ts';

export type Theme = 'system' | 'light' | 'dark';

/** The colours: the system's, or those that were chosen. */
export function useTheme() {
  const [theme, setTheme] = useSetting<Theme>('theme', 'system');
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  return [theme, setTheme] as const;
}

/** Whether names and texts are blurred. */
export function usePrivateMode() {
  const [value, setValue] = useSetting<'on' | 'off'>('private', 'off');
  const isPrivate = value === 'on';
  useLayoutEffect(() => {
    if (isPrivate) document.documentElement.dataset.private = '';
    else delete document.documentElement.dataset.private;
  }, [isPrivate]);
  return [isPrivate, (next: boolean) => setValue(next ? 'on' : 'off')] as const;
}
