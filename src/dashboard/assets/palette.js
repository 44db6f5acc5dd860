// Before charts.js and map.js in their files. A colour of the palette in the scheme of now: the property itself holds both.
globalThis.styleOf = (name) => {
  const { style } = document.documentElement
  style.caretColor = `var(--${name})`
  const { caretColor } = getComputedStyle(document.documentElement)
  style.caretColor = ''
  return caretColor
}
