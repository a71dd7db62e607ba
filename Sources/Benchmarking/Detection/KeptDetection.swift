import WorldModels

/// What came of the study of faults, as a file of a run keeps it.
struct KeptFaults: Codable {
    private var methods: [FaultStudy.Method]
    private var scores: [[KeptNumber]]
    private var fingerprints: [String: DataFingerprint]
    private var notes: [String]

    init(_ study: FaultStudy) {
        (methods, fingerprints, notes) = (study.methods, study.fingerprints, study.notes)
        scores = study.scores.map(\.kept)
    }

    /// The study that was kept.
    var study: FaultStudy {
        FaultStudy(methods: methods, scores: scores.map(\.numbers), fingerprints: fingerprints, notes: notes)
    }
}

/// What came of a record of the study of anomalies, as a file of a run keeps it.
struct KeptAnomalies: Codable {
    private var name: String
    private var scores: [KeptNumber]
    private var alarms: [Bool]
    private var faults: [Bool]

    init(_ record: AnomalyStudy.Record) {
        (name, scores, alarms, faults) = (record.name, record.scores.kept, record.alarms, record.faults)
    }

    /// The record that was kept.
    var record: AnomalyStudy.Record {
        AnomalyStudy.Record(name: name, scores: scores.numbers, alarms: alarms, faults: faults)
    }
}

/// What came of the study of anomalies as a whole.
struct KeptAnomalyStudy: Codable {
    var records: [KeptAnomalies]
    var fingerprints: [String: DataFingerprint]

    init(_ study: AnomalyStudy) {
        (records, fingerprints) = (study.records.map { KeptAnomalies($0) }, study.fingerprints)
    }
}
