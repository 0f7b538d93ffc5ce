// The estimate of a month.
import type { Stage } from "./data";

export function Cost({ stage }: { stage: Stage }) {
  return (
    <div class="sheet">
      <p class="empty">
        There is no estimate of <b>{stage.name}</b>.
      </p>
    </div>
  );
}
