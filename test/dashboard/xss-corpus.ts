// Texts that a page must show and never obey.
export const XSS_CORPUS: readonly string[] = [
  '<script>globalThis.broken = 1</script> in a python function',
  '"><img src=x onerror="globalThis.broken = 1"> in a java class',
  "' onmouseover='globalThis.broken = 1' in a bash script",
  '</textarea></pre><svg onload=globalThis.broken=1> in a loop',
  'javascript:globalThis.broken=1 {{constructor.constructor("globalThis.broken=1")()}}',
  '\u202Etxet desrever <b>and a &lt;b&gt; that is none</b>',
]
