// Forms of actions: with the session's token, answered in place where there is JavaScript, by a page where there is none.

import type { PropsWithChildren } from 'hono/jsx'
import { maskToken } from '../request/sessions.ts'
import { address } from './address.ts'
import { useDesk } from './context.ts'

interface ActionFormProps {
  /** The action's path, below /dashboard. */
  action: string
  /** Selector of what the answered fragment takes the place of; the form itself by default. */
  target?: string
  /** Asked before it is sent, where there is JavaScript. */
  confirm?: string
  class?: string
  id?: string
  /** Of an action that changes nothing. */
  isReading?: boolean
}

/** Nothing where whoever looks may not do it. */
export const ActionForm = (props: PropsWithChildren<ActionFormProps>) => {
  const { csrf, mayAct } = useDesk()
  if (!mayAct && props.isReading !== true) return null
  const to = address(props.action)
  return (
    <form
      method="post"
      action={to}
      id={props.id}
      class={props.class ?? 'action'}
      hx-post={to}
      hx-target={props.target ?? 'this'}
      hx-swap="outerHTML"
      hx-confirm={props.confirm}
      hx-disabled-elt="find button"
    >
      <input type="hidden" name="csrf" value={maskToken(csrf)} />
      {props.children}
    </form>
  )
}

interface ActionButtonProps extends Omit<ActionFormProps, 'class'> {
  /** Of hidden fields. */
  values?: Readonly<Record<string, string>>
  tone?: 'plain' | 'main' | 'danger'
  /** A key of the keyboard that presses it, where pages say so. */
  shortcut?: string
}

/** A form of hidden fields and one button. */
export const ActionButton = (props: PropsWithChildren<ActionButtonProps>) => {
  const { values = {}, tone, shortcut, children, ...form } = props
  return (
    <ActionForm {...form}>
      {Object.entries(values).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={tone} data-shortcut={shortcut}>
        {children}
      </button>
    </ActionForm>
  )
}

interface SelectProps {
  name: string
  label: string
  options: readonly (string | readonly [value: string, text: string])[]
  value?: string | undefined
  /** Text of a first option with the value ''. */
  none?: string
  /** The first option is no answer. */
  isRequired?: boolean
}

export const Select = ({ name, label, options, value, none, isRequired }: SelectProps) => (
  <label class="field">
    <span>{label}</span>
    <select name={name} required={isRequired}>
      {none === undefined ? null : <option value="">{none}</option>}
      {options
        .map((option) => (typeof option === 'string' ? ([option, option] as const) : option))
        .map(([of, text]) => (
          <option value={of} selected={of === value}>
            {text}
          </option>
        ))}
    </select>
  </label>
)

interface FieldProps {
  name: string
  label: string
  value?: string | undefined
  placeholder?: string
  type?: 'text' | 'search' | 'number' | 'password' | 'date'
  isRequired?: boolean
}

export const Field = ({
  name,
  label,
  value,
  placeholder,
  type = 'text',
  isRequired,
}: FieldProps) => (
  <label class="field">
    <span>{label}</span>
    <input
      name={name}
      type={type}
      value={value ?? ''}
      placeholder={placeholder}
      required={isRequired}
      autocomplete="off"
    />
  </label>
)
