import type { Stage } from '@nest-saga/core/engine';
import type { StepDefinition } from '@nest-saga/core';

/** The same stage with other steps. A wait has none. */
export function mapSteps(stage: Stage, map: (step: StepDefinition) => StepDefinition): Stage {
  switch (stage.kind) {
    case 'step':
      return { ...stage, step: map(stage.step) };
    case 'fallback':
      return { ...stage, primary: map(stage.primary), alternative: map(stage.alternative) };
    case 'wait':
      return stage;
  }
}
