/// The figures of one virtual patient, in the units of the published model: kg, min, mg/kg, pmol/kg, pmol/l.
///
/// The rest of the model's parameters follows from the steady state at the basal glucose, as in Dalla Man, Rizza and
/// Cobelli, "Meal simulation model of the glucose–insulin system", IEEE Transactions on Biomedical Engineering 2007,
/// https://doi.org/10.1109/TBME.2007.893506, with the hepatic extraction and the constants of the 2008 simulator.
public struct PatientParameters: Sendable, Hashable {
    /// The group a patient is of.
    public enum Group: String, Sendable, Hashable, Codable, CaseIterable {
        /// Adults.
        case adult
        /// Adolescents.
        case adolescent
        /// Children.
        case child
    }

    /// Patients of each group.
    public static let groupSize = 10

    /// The group.
    public let group: Group
    /// The number in the group, from 1.
    public let number: Int
    /// The body weight, kg.
    public let bodyWeight: Double
    /// The glucose in fasting under the basal rate, mg/dL.
    public let basalGlucose: Double
    /// The grams of carbohydrate that one unit of insulin covers, g/U.
    public let carbohydrateRatio: Double
    /// By how much one unit of insulin lowers glucose, mg/dL per U.
    public let correctionFactor: Double
    /// The steady insulin that keeps the basal glucose, pmol/kg/min.
    let basalInsulin: Double

    let vg, vi, k1, k2: Double
    let vm0, vmx, km0, p2u: Double
    let m1, m2, m30, m4: Double
    let ki, kp1, kp2, kp3: Double
    let kabs, kmax, kmin, b, d: Double
    let kd, ka1, ka2, ksc: Double
    let ib, gpb, gtb: Double

    /// The share of the carbohydrate that reaches the blood.
    static let absorbed = 0.9
    /// Glucose that brain and erythrocytes use, mg/kg/min.
    static let brainUse = 1.0
    /// The rate of renal excretion, 1/min, and the glucose above which it begins, mg/kg.
    static let (excretion, excretionThreshold) = (0.0005, 339.0)
    /// The share of the insulin that the liver extracts.
    static let hepaticExtraction = 0.6
    /// pmol of insulin in a unit.
    static let pmolPerUnit = 6000.0

    /// The figures of a patient.
    ///
    /// - Parameters:
    ///   - group: The group.
    ///   - number: The number in the group, 1 to `groupSize`.
    public init(_ group: Group, _ number: Int) {
        precondition((1...Self.groupSize).contains(number), "\(group.rawValue) \(number) of \(Self.groupSize)")
        let table =
            switch group {
            case .adult: PatientTable.adults
            case .adolescent: PatientTable.adolescents
            case .child: PatientTable.children
            }
        self.init(group, number, table[number - 1])
    }

    private init(_ group: Group, _ number: Int, _ row: [Double]) {
        (self.group, self.number) = (group, number)
        let (endogenous, gb) = (row[1], row[2])
        (bodyWeight, basalGlucose, ib, vg, vi) = (row[0], gb, row[3], row[4], row[5])
        (k1, k2, vmx, km0, p2u) = (row[6], row[7], row[8], row[9], row[10])
        (m1, m2, ki, kp2, kp3) = (row[11], row[12], row[13], row[14], row[15])
        (kabs, kmax, kmin, b, d) = (row[16], row[17], row[18], row[19], row[20])
        (kd, ka1, ka2, ksc) = (row[21], row[22], row[23], row[24])
        (carbohydrateRatio, correctionFactor) = (row[25], row[26])
        m4 = 0.4 * m2
        m30 = Self.hepaticExtraction * m1 / (1 - Self.hepaticExtraction)
        gpb = gb * vg
        gtb = (Self.brainUse - endogenous + k1 * gpb) / k2
        vm0 = (endogenous - Self.brainUse) * (km0 + gtb) / gtb
        kp1 = endogenous + kp2 * gpb + kp3 * ib
        let plasma = ib * vi
        basalInsulin = (m2 + m4) * plasma - m1 * (plasma * m2 / (m1 + m30))
    }

    /// The insulin that keeps the basal glucose in fasting, U/h.
    public var basalRate: Double { basalInsulin * bodyWeight / Self.pmolPerUnit * 60 }

    /// The steady state at the basal glucose, in the order of `VirtualPatient.stateNames`, nothing eaten.
    public var steadyState: [Double] {
        let plasma = ib * vi
        let depot = basalInsulin / (ka1 + kd)
        return [0, 0, 0, gpb, gtb, plasma, 0, ib, ib, plasma * m2 / (m1 + m30), depot, kd * depot / ka2, gpb, 0, 0]
    }
}
