import Episodes

extension BenchmarkTest {
    /// Scores predictions of the test.
    ///
    /// - Parameter forecasts: Predictions from all starts of the test, in the order of `outputs`.
    /// - Returns: Errors, coverage and excursions.
    public func score(_ forecasts: [TestForecast]) -> TestScore {
        let names = outputs.map(\.name)
        let columns = names.map { name in episodes.map { $0.column($0.channelIndex(name) ?? 0) } }
        let ranges = columns.map { column -> ClosedRange<Double> in
            let present = column.joined().filter(\.isFinite)
            return (present.min() ?? 0)...(present.max() ?? 0)
        }
        // Of the rows that are scored, those behind the first window: so do the floors that are published.
        let deviations = columns.map { column in deviation(column.flatMap { $0.dropFirst(history) }) }
        let width = names.count
        var sums = ScoreSums(width: width)
        var curves: [[Double]] = []
        var errors: [Double]
        switch task {
        case .record:
            for forecast in forecasts { add(forecast, columns, ranges, to: &sums) }
            errors = sums.errors
        case .periodic(_, let period, let dropped):
            for forecast in forecasts {
                addAveraged(forecast, columns, ranges, period: period, dropped: dropped, to: &sums)
            }
            errors = sums.errors
        case .ahead(_, let horizon, _):
            for forecast in forecasts { add(forecast, columns, ranges, to: &sums) }
            curves = byHorizon(forecasts, columns, horizon: horizon)
            errors = curves.map { $0.last ?? .nan }
        }
        return TestScore(
            error: errors, deviation: deviations, coverage: sums.coverage, byHorizon: curves,
            greatestExcursion: sums.excursion)
    }

    private func add(
        _ forecast: TestForecast, _ columns: [[[Double]]], _ ranges: [ClosedRange<Double>], to sums: inout ScoreSums
    ) {
        let width = columns.count
        for index in forecast.outputs.indices {
            let (row, output) = (index / width, index % width)
            sums.add(
                output, measured: columns[output][forecast.episode][forecast.start + row],
                predicted: forecast.outputs[index],
                halfWidth: forecast.halfWidths.isEmpty ? nil : forecast.halfWidths[index], range: ranges[output])
        }
    }

    /// Adds the means over the periods, phase by phase: what is not periodic averages out of both.
    private func addAveraged(
        _ forecast: TestForecast, _ columns: [[[Double]]], _ ranges: [ClosedRange<Double>], period: Int, dropped: Int,
        to sums: inout ScoreSums
    ) {
        let width = columns.count
        let count = columns[0][forecast.episode].count / period - dropped
        guard count > 0 else { return }
        for output in 0..<width {
            for phase in 0..<period {
                var (measured, predicted, halfWidth) = (0.0, 0.0, 0.0)
                for index in 0..<count {
                    let row = (dropped + index) * period + phase
                    let place = (row - forecast.start) * width + output
                    measured += columns[output][forecast.episode][row]
                    predicted += forecast.outputs[place]
                    halfWidth += forecast.halfWidths.isEmpty ? 0 : forecast.halfWidths[place]
                }
                let share = 1 / Double(count)
                sums.add(
                    output, measured: measured * share, predicted: predicted * share,
                    halfWidth: forecast.halfWidths.isEmpty ? nil : halfWidth * share, range: ranges[output])
            }
        }
    }

    /// Root mean square errors by samples ahead, `[output][sample]`.
    private func byHorizon(_ forecasts: [TestForecast], _ columns: [[[Double]]], horizon: Int) -> [[Double]] {
        let width = columns.count
        return (0..<width).map { output in
            (0..<horizon).map { step in
                var (sum, count) = (0.0, 0)
                for forecast in forecasts {
                    let measured = columns[output][forecast.episode][forecast.start + step]
                    guard measured.isFinite else { continue }
                    let error = forecast.outputs[step * width + output] - measured
                    sum += error.isNaN ? .infinity : error * error
                    count += 1
                }
                return count > 0 ? (sum / Double(count)).squareRoot() : .nan
            }
        }
    }
}
