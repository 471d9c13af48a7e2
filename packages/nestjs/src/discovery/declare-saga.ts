import type {
  DeclaredSaga,
  DeclaredStage,
  DeclaredStep,
  SagaDefinitionProblem,
  SagaStepOptions,
} from '@nest-saga/core';
import type { DeclaredBranch, DeclaredChoice, OptionTable } from '@nest-saga/core/engine';
import {
  checkTable,
  isChoice,
  isFallback,
  isForEach,
  isObject,
  isParallel,
  isWait,
  sagaTable,
  stepTable,
  validateSaga,
} from '@nest-saga/core/engine';
import { SagaMetadata } from '../decorators/saga.decorator.js';
import type { StoredSagaOptions } from '../decorators/saga.decorator.js';
import { StepMetadata } from '../decorators/saga-step.decorator.js';
import type { SagaBranch, SagaStage, SagaStepClass, StepUse } from '../decorators/step-class.js';
import { checkStepHandler } from './check-step-handler.js';
import type { StepProvider } from './check-step-handler.js';
import { classOf, nameOf } from './class-of.js';
import { handlerSource } from './handler-source.js';
import { namesOfHosts } from './visible-providers.js';
import type { ProviderWrapper, VisibleProviders } from './visible-providers.js';

/** A saga class as the engine needs it, with all its problems. */
export interface FoundSaga {
  readonly className: string;
  readonly declared: DeclaredSaga;
  readonly problems: readonly SagaDefinitionProblem[];
  /** The classes in its list, including those in fallbacks and branches. */
  readonly stepClasses: readonly unknown[];
  readonly stepProviders: readonly StepProvider[];
}

/** Reads one `@Saga()` class and finds the providers of its steps. */
export function declareSaga(provider: ProviderWrapper, providers: VisibleProviders): FoundSaga {
  return new SagaDeclaration(provider, providers).read();
}

class SagaDeclaration {
  private readonly sagaClass: object;
  private readonly className: string;
  private readonly stepClasses: unknown[] = [];
  private readonly stepProviders: StepProvider[] = [];
  private readonly problems: SagaDefinitionProblem[] = [];
  private readonly classOfStep = new Map<string, string>();

  constructor(
    private readonly provider: ProviderWrapper,
    private readonly providers: VisibleProviders,
  ) {
    this.sagaClass = classOf(provider, SagaMetadata.KEY);
    this.className = nameOf(this.sagaClass);
  }

  read(): FoundSaga {
    const given = Reflect.getMetadata(SagaMetadata.KEY, this.sagaClass) as StoredSagaOptions | undefined;
    this.checkShape(`@Saga() of ${this.className}`, given, sagaTable);
    const options = (isObject(given) ? given : {}) as StoredSagaOptions;
    const listed: unknown = options.steps;
    const steps = Array.isArray(listed) ? (listed as readonly SagaStage[]) : [];
    const declared: DeclaredSaga = {
      ...options,
      steps: steps.map((stage, index) => this.declareStage(stage, index)),
    };
    const problems = [...this.problems, ...validateSaga(declared).map((found) => this.withClass(found))];
    const { className, stepClasses, stepProviders } = this;
    return { className, declared, problems, stepClasses, stepProviders };
  }

  private declareStage(stage: SagaStage, index: number): DeclaredStage {
    if (isWait(stage)) return stage;
    if (isChoice(stage)) return this.declareChoice(stage, index);
    if (isForEach(stage)) return { ...stage, step: this.declareStep(stage.step, index) };
    if (!isParallel(stage)) return this.declareBranch(stage, index);
    const listed: unknown = stage.branches;
    if (!Array.isArray(listed)) return stage as never;
    // A wait or a parallel stage inside another one passes on to the check of the whole saga, which reports it.
    const branches = listed.map((branch) => this.declareStage(branch as SagaStage, index) as DeclaredBranch);
    return { ...stage, branches };
  }

  private declareBranch(stage: SagaBranch, index: number): DeclaredBranch {
    if (!isFallback(stage)) return this.declareStep(stage, index);
    // A fallback inside a fallback passes on to the check of the whole saga, which reports it.
    const [primary, alternative] = [stage.primary, stage.alternative].map((side) =>
      this.declareStage(side as SagaStage, index),
    ) as [DeclaredStep, DeclaredStep];
    return { ...stage, primary, alternative };
  }

  /** The same choice with its stages declared; a choice without a list of stages is reported later. */
  private declareChoice(choice: DeclaredChoice<unknown>, index: number): DeclaredStage {
    const declare = (stages: unknown): unknown =>
      Array.isArray(stages)
        ? stages.map((stage) => this.declareStage(stage as SagaStage, index))
        : this.declareStage(stages as SagaStage, index);
    if (choice.kind === 'when')
      return {
        ...choice,
        stages: Array.isArray(choice.stages) ? declare(choice.stages) : choice.stages,
      } as DeclaredStage;
    if (!isObject(choice.cases)) return choice as DeclaredStage;
    const cases = Object.entries(choice.cases).map(([name, stages]) => [name, declare(stages)] as const);
    return { ...choice, cases: Object.fromEntries(cases) } as DeclaredStage;
  }

  private declareStep(reference: SagaStepClass | StepUse, index: number): DeclaredStep {
    const use = isStepUse(reference) ? reference : { stepClass: reference, options: {} };
    const stepClass: unknown = use.stepClass;
    if (typeof stepClass !== 'function') return this.noClass(stepClass, index);
    this.stepClasses.push(stepClass);
    this.checkShape(`step(${nameOf(stepClass)}) in ${this.className}`, use.options, stepTable);
    const options = this.readOptions(use.stepClass, isObject(use.options) ? use.options : {});
    const where = `${nameOf(stepClass)} (step "${options.id}" of ${this.className})`;
    this.classOfStep.set(options.id, nameOf(stepClass));
    const candidates = this.providers.candidates(use.stepClass, this.provider.host);
    const [provider] = candidates;
    if (provider === undefined || candidates.length > 1) {
      this.problems.push({ where, ...unclear(candidates, this.provider) });
      return { ...options, handler: noHandler };
    }
    this.problems.push(...checkStepHandler(where, provider, options.kind));
    this.stepProviders.push({ where, provider });
    return { ...options, handler: handlerSource(provider) };
  }

  private readOptions(stepClass: SagaStepClass, overrides: Partial<SagaStepOptions>): SagaStepOptions {
    const metadata = Reflect.getMetadata(StepMetadata.KEY, stepClass) as SagaStepOptions | undefined;
    const given = withoutUndefined(overrides);
    if (metadata === undefined) {
      this.problems.push({
        where: `${nameOf(stepClass)} (listed in ${this.className})`,
        problem: 'it has no @SagaStep()',
        remedy: "Decorate it with @SagaStep('its-id')",
      });
    }
    // A decorator without an id does not get one here: the name of a class is not a stable name for a journal.
    const named = metadata === undefined ? { id: nameOf(stepClass) } : {};
    return { ...named, ...inherited(metadata, given), ...given } as SagaStepOptions;
  }

  // The content of nested objects is checked together with the whole saga.
  private checkShape(where: string, options: unknown, table: OptionTable): void {
    if (!isObject(options)) this.problems.push(...checkTable({ where, path: '' }, options, table));
  }

  private noClass(listed: unknown, index: number): DeclaredStep {
    this.problems.push({
      where: this.className,
      problem: `stage ${index + 1} in its list of steps is ${listed === undefined ? 'undefined' : `a ${typeof listed}`}`,
      remedy: 'List step classes; undefined usually means that two files import each other',
    });
    return { id: `place-${index + 1}`, handler: noHandler };
  }

  private withClass(found: SagaDefinitionProblem): SagaDefinitionProblem {
    const stepId = /^step "(.*)" of /.exec(found.where)?.[1];
    const stepClass = stepId === undefined ? undefined : this.classOfStep.get(stepId);
    const where =
      stepClass === undefined
        ? `${this.className} (${found.where})`
        : `${stepClass} (step "${stepId}" of ${this.className})`;
    return { ...found, where };
  }
}

function withoutUndefined(options: Partial<SagaStepOptions>): Partial<SagaStepOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

// Aliases are earlier ids of the class's own step. A step under another id is a different step.
function inherited(
  metadata: SagaStepOptions | undefined,
  { id }: Partial<SagaStepOptions>,
): Partial<SagaStepOptions> {
  if (metadata === undefined || id === undefined || id === metadata.id) return { ...metadata };
  const { aliases: _, ...others } = metadata;
  return others;
}

function unclear(
  candidates: readonly ProviderWrapper[],
  saga: ProviderWrapper,
): Omit<SagaDefinitionProblem, 'where'> {
  if (candidates.length === 0)
    return {
      problem: 'no module provides it',
      remedy: 'Add it to the providers of a module, best that of the saga',
    };
  return {
    problem: `${namesOfHosts(candidates)} provide it, and ${namesOfHosts([saga])} imports it from none of them`,
    remedy: "Export it from the module that is meant, and import that module in the saga's",
  };
}

const noHandler = (): never => {
  throw new TypeError('a step without a provider does not run');
};

function isStepUse(reference: unknown): reference is StepUse {
  return typeof reference === 'object' && reference !== null && Reflect.get(reference, 'kind') === 'step-use';
}
