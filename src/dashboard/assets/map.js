// Draws the map on `canvas[data-map]`: points that are hovered tell their text, a click lists one below, a lasso chooses many.
;(() => {
  const canvas = document.querySelector('canvas[data-map]')
  if (!canvas) return
  const tip = document.querySelector('.map-tip')
  const form = document.querySelector('#choose')
  const context = canvas.getContext('2d')
  const WIDTH = 1_000
  const MARGIN = 12
  const NEAR = 9
  const AGAIN_MS = 4_000

  let data = null
  let only = null
  let isLasso = false
  let drag = null
  let lasso = []
  const view = { scale: 1, x: 0, y: 0 }

  const size = () => canvas.clientWidth - 2 * MARGIN
  const toScreen = (x, y) => [
    MARGIN + ((x / WIDTH) * size() - view.x) * view.scale,
    MARGIN + ((y / WIDTH) * size() - view.y) * view.scale,
  ]

  const colours = () => {
    const routes = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => styleOf(`c${i}`))
    const steps = [1, 2, 3, 4, 5].map((i) => styleOf(`s${i}`))
    const grey = styleOf('line-strong')
    return (columns, i) =>
      data.by === 'route' ? (routes[columns.r[i] % 8] ?? grey) : (steps[columns.v[i]] ?? grey)
  }

  const drawExemplars = (colourOf) => {
    const { exemplars } = data
    // Few points are larger, and all of them grow as one comes closer.
    const base = Math.max(2.2, Math.min(4.5, 60 / Math.sqrt(exemplars.x.length)))
    const radius = Math.min(7, base * Math.sqrt(view.scale))
    for (let i = 0; i < exemplars.x.length; i++) {
      const [x, y] = toScreen(exemplars.x[i], exemplars.y[i])
      context.globalAlpha = only === null || exemplars.r[i] === only ? 0.85 : 0.08
      context.fillStyle = colourOf(exemplars, i)
      if (exemplars.r[i] % 16 < 8) {
        context.beginPath()
        context.arc(x, y, radius, 0, 7)
        context.fill()
      } else context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius)
    }
  }

  const drawPrompts = (colourOf) => {
    const { prompts } = data
    context.lineWidth = 2
    for (let i = 0; i < prompts.x.length; i++) {
      const [x, y] = toScreen(prompts.x[i], prompts.y[i])
      context.globalAlpha = only === null || prompts.r[i] === only ? 1 : 0.1
      context.strokeStyle = colourOf(prompts, i)
      context.beginPath()
      context.arc(x, y, 5.5, 0, 7)
      context.stroke()
    }
  }

  const drawLasso = () => {
    if (lasso.length === 0) return
    context.globalAlpha = 1
    context.strokeStyle = styleOf('accent')
    context.lineWidth = 1.5
    context.beginPath()
    for (const [x, y] of lasso) context.lineTo(x, y)
    context.closePath()
    context.stroke()
  }

  const draw = () => {
    if (!data) return
    const ratio = devicePixelRatio || 1
    canvas.width = canvas.clientWidth * ratio
    canvas.height = canvas.clientHeight * ratio
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const colourOf = colours()
    drawExemplars(colourOf)
    drawPrompts(colourOf)
    drawLasso()
  }

  let isWaiting = false
  const drawSoon = () => {
    if (isWaiting) return
    isWaiting = true
    requestAnimationFrame(() => {
      isWaiting = false
      draw()
    })
  }

  const load = async () => {
    const answer = await fetch(canvas.dataset.map)
    if (!answer.ok) return
    data = await answer.json()
    canvas.dataset.points = String(data.exemplars.x.length + data.prompts.x.length)
    draw()
    if (data.isPending) setTimeout(load, AGAIN_MS)
    else if (data.kind === 'layout') {
      const note = document.querySelector('#map-note')
      note.textContent = note.dataset.done
    }
  }

  /** The point at a place of the screen: prompts before exemplars. */
  const pointAt = (left, top) => {
    let best = null
    let least = NEAR * NEAR
    for (const [kind, columns] of [
      ['exemplar', data.exemplars],
      ['decision', data.prompts],
    ]) {
      for (let i = 0; i < columns.x.length; i++) {
        if (only !== null && columns.r[i] !== only) continue
        const [x, y] = toScreen(columns.x[i], columns.y[i])
        const square = (x - left) ** 2 + (y - top) ** 2
        if (square > least) continue
        least = square
        best = { kind, i, x, y }
      }
    }
    return best
  }

  const texts = new Map()
  const textOf = async ({ kind, i }) => {
    const id = kind === 'exemplar' ? i : data.prompts.id[i]
    const key = `${data.generation} ${kind} ${id}`
    if (!texts.has(key)) {
      const answer = await fetch(`${canvas.dataset.mapText}?${kind}=${encodeURIComponent(id)}`)
      texts.set(key, answer.ok ? await answer.json() : { route: '', text: '' })
    }
    return texts.get(key)
  }

  let hovered = ''
  const hover = async (left, top) => {
    const point = data && pointAt(left, top)
    const key = point ? `${point.kind} ${point.i}` : ''
    if (key === hovered) return
    hovered = key
    tip.hidden = true
    if (!point) return
    const { route, text } = await textOf(point)
    if (key !== hovered) return
    tip.textContent = `${route}: ${text.slice(0, 300)}`
    tip.hidden = false
    const room = canvas.clientWidth - tip.offsetWidth
    tip.style.left = `${Math.max(0, Math.min(room, point.x + 10))}px`
    tip.style.top = `${point.y + 12}px`
  }

  const isInside = (x, y) => {
    let inside = false
    for (let i = 0, j = lasso.length - 1; i < lasso.length; j = i++) {
      const [ax, ay] = lasso[i]
      const [bx, by] = lasso[j]
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
    }
    return inside
  }

  const within = (columns) =>
    columns.x.flatMap((x, i) => {
      if (only !== null && columns.r[i] !== only) return []
      return isInside(...toScreen(x, columns.y[i])) ? [i] : []
    })

  /** Sends what was chosen, and leaves the form as it was. */
  const choose = (positions, decisions) => {
    if (!form) return
    const fields = form.elements
    const filters = ['route', 'words', 'unsure'].map((name) => [fields[name], fields[name].value])
    fields.positions.value = positions.join(',')
    fields.decisions.value = decisions.join(',')
    fields.generation.value = String(data.generation)
    form.requestSubmit()
    fields.positions.value = ''
    fields.decisions.value = ''
    for (const [field, value] of filters) field.value = value
  }

  const zoom = (factor, left, top) => {
    const next = Math.max(1, Math.min(40, view.scale * factor))
    const keep = 1 / view.scale - 1 / next
    view.x += (left - MARGIN) * keep
    view.y += (top - MARGIN) * keep
    view.scale = next
    if (next === 1) view.x = view.y = 0
    drawSoon()
  }

  canvas.addEventListener('pointerdown', (event) => {
    if (!data || event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    drag = { x: event.offsetX, y: event.offsetY, from: { ...view }, isMoved: false }
    lasso = isLasso ? [[event.offsetX, event.offsetY]] : []
  })

  canvas.addEventListener('pointermove', (event) => {
    const { offsetX: x, offsetY: y } = event
    if (!drag) return void hover(x, y)
    drag.isMoved ||= Math.hypot(x - drag.x, y - drag.y) > 3
    if (!drag.isMoved) return
    if (isLasso) lasso.push([x, y])
    else {
      view.x = drag.from.x - (x - drag.x) / view.scale
      view.y = drag.from.y - (y - drag.y) / view.scale
    }
    drawSoon()
  })

  canvas.addEventListener('pointerup', (event) => {
    const was = drag
    drag = null
    if (!was || !data) return
    if (was.isMoved && isLasso) {
      choose(
        within(data.exemplars),
        within(data.prompts).map((i) => data.prompts.id[i]),
      )
    } else if (!was.isMoved) {
      const point = pointAt(event.offsetX, event.offsetY)
      if (point?.kind === 'exemplar') choose([point.i], [])
      else if (point) choose([], [data.prompts.id[point.i]])
    }
    lasso = []
    drawSoon()
  })

  canvas.addEventListener('pointerleave', () => {
    hovered = ''
    tip.hidden = true
  })

  canvas.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      zoom(Math.exp(-event.deltaY / 300), event.offsetX, event.offsetY)
    },
    { passive: false },
  )

  const middle = () => canvas.clientWidth / 2
  const TOOLS = {
    closer: () => zoom(1.5, middle(), middle()),
    farther: () => zoom(1 / 1.5, middle(), middle()),
    whole: () => zoom(0, middle(), middle()),
    lasso: (button) => {
      isLasso = !isLasso
      button.setAttribute('aria-pressed', String(isLasso))
    },
  }

  document.addEventListener('click', ({ target }) => {
    const tool = target.closest('[data-map-tool]')
    if (tool) TOOLS[tool.dataset.mapTool](tool)
    const route = target.closest('[data-map-route]')
    if (!route) return
    const number = Number(route.dataset.mapRoute)
    only = only === number ? null : number
    for (const one of document.querySelectorAll('[data-map-route]')) {
      one.setAttribute('aria-pressed', String(Number(one.dataset.mapRoute) === only))
    }
    drawSoon()
  })

  addEventListener('resize', drawSoon)
  document.addEventListener('desk:theme', drawSoon)
  load()
})()
