// What every page of the dashboard does by script: the viewer's time zone, the theme, keys that press buttons, and live pages.
// Pages can be read without it.
;(() => {
  const root = document.documentElement
  root.classList.add('js')

  const keep = (name, value) => {
    const secure = location.protocol === 'https:' ? '; secure' : ''
    // biome-ignore lint/suspicious/noDocumentCookie: the store of cookies is not in every browser
    document.cookie = `${name}=${encodeURIComponent(value)}; path=/dashboard; max-age=31536000; samesite=strict${secure}`
  }
  const kept = (name, value) => document.cookie.includes(`${name}=${encodeURIComponent(value)}`)

  // The server writes the times: it gets the time zone, and the page is requested again.
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  if (timeZone && timeZone !== root.dataset.zone && !kept('signalbox_zone', timeZone)) {
    keep('signalbox_zone', timeZone)
    if (kept('signalbox_zone', timeZone)) location.reload()
  }

  const isDark = () =>
    root.dataset.theme === 'dark' ||
    (root.dataset.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)

  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-theme-toggle]')) return
    root.dataset.theme = isDark() ? 'light' : 'dark'
    keep('signalbox_theme', root.dataset.theme)
    document.dispatchEvent(new Event('desk:theme'))
  })

  // What is drawn takes its colours when it is drawn.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    document.dispatchEvent(new Event('desk:theme'))
  })

  // Live parts: one stream while the page is looked at; they are fetched anew when something changed.
  let stream = null
  const follow = () => {
    const live = document.querySelector('[data-live]')
    const isWanted = live !== null && document.visibilityState === 'visible'
    if (!isWanted) {
      stream?.close()
      stream = null
    } else if (stream === null) {
      stream = new EventSource(live.dataset.live)
      stream.addEventListener('changed', () => {
        // Whoever reads a row or has opened something is not disturbed.
        if (document.querySelector('[data-live]:focus-within')) return
        document.body.dispatchEvent(new Event('desk:live'))
      })
    }
  }
  document.addEventListener('visibilitychange', follow)
  document.addEventListener('DOMContentLoaded', follow)

  // `data-shortcut="a"` on a button: the key presses it, unless something is being written.
  const isWriting = (element) => element.closest('input, select, textarea, [contenteditable]')
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return
    const buttons = [...document.querySelectorAll('[data-shortcut]')]
    const pressed = buttons.find(({ dataset }) => dataset.shortcut === event.key)
    if (!pressed || pressed.disabled) return
    event.preventDefault()
    pressed.click()
    // What was opened is gone on with from where it is.
    if (pressed.localName === 'summary') pressed.focus()
  })
})()
