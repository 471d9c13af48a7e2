import type { BranchStage, Stage } from '@nest-saga/core/engine';
import type { StepDefinition } from '@nest-saga/core';

/** The same stage with other steps. A wait has none. */
export function mapSteps(stage: Stage, map: (step: StepDefinition) => StepDefinition): Stage {
  switch (stage.kind) {
    case 'step':
    case 'fallback':
      return mapBranch(stage, map);
    case 'for-each':
      return { ...stage, step: map(stage.step) };
    case 'parallel':
      return { ...stage, branches: stage.branches.map((branch) => mapBranch(branch, map)) };
    case 'wait':
      return stage;
  }
}

function mapBranch(branch: BranchStage, map: (step: StepDefinition) => StepDefinition): BranchStage {
  return branch.kind === 'step'
    ? { ...branch, step: map(branch.step) }
    : { ...branch, primary: map(branch.primary), alternative: map(branch.alternative) };
}
