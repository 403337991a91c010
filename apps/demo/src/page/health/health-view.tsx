import { View } from '../parts/view.tsx';
import { CheckPanel } from './check-panel.tsx';
import { LocksPanel } from './locks-panel.tsx';

/** `/health`: who is at work in the store, and whether it is sound. */
export function HealthView() {
  return (
    <View title="Health">
      <CheckPanel />
      <LocksPanel />
    </View>
  );
}
