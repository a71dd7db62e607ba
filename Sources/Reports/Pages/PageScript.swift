/// The read-out below a chart under the pointer, and the click that holds a drawing that moves. A page is complete without it.
///
/// Written without `<` and `&`, so that the page stays well-formed XML.
enum PageScript {
    static let source = """
        for (const chart of document.querySelectorAll('figure svg.chart')) {
          const plots = [...chart.querySelectorAll('svg.plot')].map(plot => {
            const scale = (name, kind) => {
              const [a, b] = plot.getAttribute(name).split(' ').map(Number);
              const log = plot.getAttribute(kind) === 'logarithmic';
              return share => log ? a * Math.pow(b / a, share) : a + share * (b - a);
            };
            const width = plot.width.baseVal.value, height = plot.height.baseVal.value;
            return { plot, width, height, left: plot.x.baseVal.value, data: plot.dataset,
              x: scale('data-x', 'data-xscale'), y: scale('data-y', 'data-yscale'),
              lines: [...plot.querySelectorAll('path[data-name]')].map(path => ({ name: path.dataset.name,
                points: path.getAttribute('d').split(/[ML]/).slice(1).map(p => p.split(',').map(Number)) })) };
          }).filter(p => p.lines.length);
          if (!plots.length) continue;
          const readout = document.createElement('div');
          readout.className = 'readout';
          chart.after(readout);
          const number = value => String(Number(value.toPrecision(3)));
          const cursors = plots.map(p => {
            const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
            line.setAttribute('class', 'cursor');
            line.setAttribute('y2', p.height);
            line.style.display = 'none';
            p.plot.append(line);
            return line;
          });
          const hide = () => { readout.textContent = ''; cursors.forEach(c => { c.style.display = 'none'; }); };
          chart.addEventListener('pointerleave', hide);
          chart.addEventListener('pointermove', event => {
            const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
            const first = plots[0], place = at.x - first.left;
            if (0 > place || place > first.width) return hide();
            const parts = [`${first.data.xlabel} ${number(first.x(place / first.width))} ${first.data.xunit}`.trim()];
            plots.forEach((p, index) => {
              cursors[index].setAttribute('x1', place);
              cursors[index].setAttribute('x2', place);
              cursors[index].style.display = '';
              for (const line of p.lines) {
                let best = null;
                for (const point of line.points) {
                  if (!best || Math.abs(best[0] - place) > Math.abs(point[0] - place)) best = point;
                }
                if (!best || Math.abs(best[0] - place) > 12) continue;
                const name = plots.length > 1 ? `${p.data.label} ${line.name}` : line.name;
                parts.push(`${name} ${number(p.y(1 - best[1] / p.height))} ${p.data.unit}`.trim());
              }
            });
            readout.textContent = parts.join(' · ');
          });
        }
        for (const drawing of document.querySelectorAll('svg.moving')) {
          drawing.addEventListener('click', () => {
            if (drawing.animationsPaused()) drawing.unpauseAnimations(); else drawing.pauseAnimations();
          });
        }
        """
}
