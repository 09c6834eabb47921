using Microsoft.Extensions.Compliance.Classification;

namespace LimoCha.Actors.Privacy;

/// <summary>
/// What kind of data a field holds (数据分类, seed IV). The class decides encryption, masking, logging, export and retention;
/// <see cref="DataClassRules"/> says how.
/// </summary>
public enum DataClass
{
    /// <summary>Of nobody: the company's own facts.</summary>
    None = 0,
    /// <summary>How colleagues know a staff member: names in the directory.</summary>
    WorkIdentity = 1,
    /// <summary>Free text of the work, which may speak of people.</summary>
    Content = 2,
    /// <summary>Who a person is: name, birth date, guardian.</summary>
    Identity = 3,
    /// <summary>How a person is reached: phone, e-mail, address.</summary>
    Contact = 4,
    /// <summary>Devices, network addresses, sessions, push tokens.</summary>
    Device = 5,
    /// <summary>What signing in rests on; never shown to anyone.</summary>
    Credential = 6,
    /// <summary>Identity documents (身份证明文件). Sensitive.</summary>
    IdentityDocument = 7,
    /// <summary>Biometrics (个人生物识别信息). Sensitive.</summary>
    Biometric = 8,
    /// <summary>Health and medical (个人健康和医疗信息). Sensitive.</summary>
    Health = 9,
    /// <summary>Race and religion (种族、宗教). Sensitive.</summary>
    Belief = 10,
    /// <summary>Property (财产信息). Sensitive.</summary>
    Property = 11,
    /// <summary>Whereabouts (行踪轨迹). Sensitive.</summary>
    Whereabouts = 12,
    /// <summary>A minor's data (未成年人的信息). Sensitive.</summary>
    Minor = 13,
}

/// <summary>Grades of protection (数据分级), from open to strictest.</summary>
public enum DataGrade
{
    /// <summary>Not about a person.</summary>
    Business = 0,
    /// <summary>Personal, known inside the company.</summary>
    Internal = 1,
    /// <summary>Personal: encrypted at rest, masked in answers.</summary>
    Personal = 2,
    /// <summary>Sensitive personal: as personal, and each class needs its own consent (seed V).</summary>
    Sensitive = 3,
    /// <summary>Never leaves the server.</summary>
    Secret = 4,
}

/// <summary>Says that a field holds personal data, and of which class. What is not marked and could hold some fails a test.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Class)]
public sealed class PersonalAttribute(DataClass dataClass) : DataClassificationAttribute(new(DataClassRules.Taxonomy, dataClass.ToString()))
{
    /// <summary>The class.</summary>
    public DataClass DataClass => dataClass;
}

/// <summary>Says that a value given to a log line is of a person, of whatever class: it is erased before it is written (E3).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PersonalValueAttribute() : DataClassificationAttribute(new(DataClassRules.Taxonomy, "Person"));

/// <summary>Says that a field, or every field of a type that is not marked otherwise, holds nothing of a person.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Class)]
public sealed class NotPersonalAttribute() : DataClassificationAttribute(new(DataClassRules.Taxonomy, nameof(DataClass.None)));

/// <summary>How fields of a class are treated everywhere.</summary>
/// <param name="Grade">The grade of protection.</param>
/// <param name="Encrypted">Encrypted at rest under a key of the subject.</param>
/// <param name="Masked">Masked in answers unless role and purpose allow more.</param>
/// <param name="Exported">Part of the copy that the subject gets (C1).</param>
/// <param name="RetentionDays">Kept this long after it is needed no more; null as long as the entity.</param>
public sealed record DataClassTreatment(DataGrade Grade, bool Encrypted, bool Masked, bool Exported, int? RetentionDays = null);

/// <summary>The one table that says what a data class means.</summary>
public static class DataClassRules
{
    /// <summary>The name of our classification.</summary>
    public const string Taxonomy = "limocha";

    private static readonly DataClassTreatment Sensitive = new(DataGrade.Sensitive, Encrypted: true, Masked: true, Exported: true);

    private static readonly Dictionary<DataClass, DataClassTreatment> Table = new()
    {
        [DataClass.None] = new(DataGrade.Business, Encrypted: false, Masked: false, Exported: false),
        [DataClass.WorkIdentity] = new(DataGrade.Internal, Encrypted: false, Masked: false, Exported: true),
        [DataClass.Content] = new(DataGrade.Internal, Encrypted: false, Masked: false, Exported: true),
        [DataClass.Identity] = new(DataGrade.Personal, Encrypted: true, Masked: false, Exported: true),
        [DataClass.Contact] = new(DataGrade.Personal, Encrypted: true, Masked: true, Exported: true),
        [DataClass.Device] = new(DataGrade.Personal, Encrypted: true, Masked: true, Exported: true, RetentionDays: 180),
        [DataClass.Credential] = new(DataGrade.Secret, Encrypted: true, Masked: true, Exported: false),
        [DataClass.IdentityDocument] = Sensitive,
        [DataClass.Biometric] = Sensitive,
        [DataClass.Health] = Sensitive,
        [DataClass.Belief] = Sensitive,
        [DataClass.Property] = Sensitive,
        [DataClass.Whereabouts] = Sensitive with { RetentionDays = 180 },
        [DataClass.Minor] = Sensitive,
    };

    /// <summary>How a class is treated.</summary>
    public static DataClassTreatment Treatment(DataClass dataClass) => Table[dataClass];

    /// <summary>True for the classes that need a consent of their own (seed V).</summary>
    public static bool IsSensitive(DataClass dataClass) => Table[dataClass].Grade == DataGrade.Sensitive;
}
