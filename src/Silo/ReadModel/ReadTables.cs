using LimoCha.Actors.Analytics;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.BusinessTransfers;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Disclosures;
using LimoCha.Actors.Incidents;
using LimoCha.Actors.Notices;
using LimoCha.Actors.RightsRequests;
using LimoCha.Actors.Sharing;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.ReadModel;

/// <summary>All tables of the read model, and which of them is the state table of which kind of actor.</summary>
public static class ReadTables
{
    /// <summary>Tasks.</summary>
    public static readonly IReadTable Task = new ReadTable<TaskRow>("task");
    /// <summary>Staff.</summary>
    public static readonly IReadTable User = new ReadTable<UserRow>("staff_user");
    /// <summary>Departments.</summary>
    public static readonly IReadTable Department = new ReadTable<DepartmentRow>("department");
    /// <summary>Customers.</summary>
    public static readonly IReadTable Customer = new ReadTable<CustomerRow>("customer");
    /// <summary>Check-in places.</summary>
    public static readonly IReadTable Location = new ReadTable<LocationRow>("check_in_location");
    /// <summary>Check-ins.</summary>
    public static readonly IReadTable CheckIn = new ReadTable<CheckInRow>("check_in");

    /// <summary>Who is offered which task.</summary>
    public static readonly IReadTable TaskOffer = new ReadTable<TaskOfferRow>("task_offer");
    /// <summary>Task types.</summary>
    public static readonly IReadTable TaskType = new ReadTable<TaskTypeRow>("task_type");
    /// <summary>Schedules.</summary>
    public static readonly IReadTable TaskSchedule = new ReadTable<TaskScheduleRow>("task_schedule");
    /// <summary>Notices.</summary>
    public static readonly IReadTable Notice = new ReadTable<NoticeRow>("notice");
    /// <summary>People whom notices name.</summary>
    public static readonly IReadTable NoticePerson = new ReadTable<NoticePersonRow>("notice_person");
    /// <summary>Who read which notice.</summary>
    public static readonly IReadTable NoticeReceipt = new ReadTable<NoticeReceiptRow>("notice_receipt");
    /// <summary>When people were seen last.</summary>
    public static readonly IReadTable LastSeen = new ReadTable<LastSeenRow>("last_seen");

    /// <summary>The catalogue of purposes and policies.</summary>
    public static readonly IReadTable Catalog = new ReadTable<CatalogRow>("privacy_catalog");
    /// <summary>Policy versions with their texts.</summary>
    public static readonly IReadTable Policy = new ReadTable<PolicyRow>("policy");
    /// <summary>Receipts of answers about consent.</summary>
    public static readonly IReadTable ConsentReceipt = new ReadTable<ConsentReceiptRow>("consent_receipt");

    /// <summary>Requests of subjects.</summary>
    public static readonly IReadTable RightsRequest = new ReadTable<RightsRequestRow>("rights_request");

    /// <summary>Security incidents.</summary>
    public static readonly IReadTable Incident = new ReadTable<IncidentRow>("incident");
    /// <summary>Legal disclosures.</summary>
    public static readonly IReadTable Disclosure = new ReadTable<DisclosureRow>("disclosure");
    /// <summary>Transfers of the business.</summary>
    public static readonly IReadTable BusinessTransfer = new ReadTable<BusinessTransferRow>("business_transfer");
    /// <summary>Registrations under way.</summary>
    public static readonly IReadTable Registration = new ReadTable<RegistrationRow>("registration");
    /// <summary>Shared content.</summary>
    public static readonly IReadTable Content = new ReadTable<ContentRow>("content");
    /// <summary>Links to it.</summary>
    public static readonly IReadTable Share = new ReadTable<ShareRow>("share");
    /// <summary>Visits through them.</summary>
    public static readonly IReadTable ShareVisit = new ReadTable<ShareVisitRow>("share_visit");
    /// <summary>Signs that an account is not used by its person.</summary>
    public static readonly IReadTable RiskSignal = new ReadTable<RiskSignalRow>("risk_signal");
    /// <summary>What analysis sees of customers: nobody in particular.</summary>
    public static readonly IReadTable CustomerFact = new ReadTable<CustomerFactRow>("customer_fact");

    /// <summary>Every table, by row type.</summary>
    public static readonly IReadOnlyDictionary<Type, IReadTable> ByRow =
        new[] { Task, User, Department, Customer, Location, CheckIn, TaskOffer, TaskType, TaskSchedule, Notice, NoticePerson, NoticeReceipt, LastSeen, Catalog, Policy, ConsentReceipt, RightsRequest, Incident, Disclosure, BusinessTransfer, CustomerFact, Content, Share, ShareVisit, RiskSignal, Registration }.ToDictionary(table => table.RowType);

    /// <summary>The table whose row has the version of an actor's state, by grain type.</summary>
    public static readonly IReadOnlyDictionary<string, IReadTable> ByKind = new Dictionary<string, IReadTable>
    {
        ["task"] = Task, ["user"] = User, ["department"] = Department, ["customer"] = Customer, ["location"] = Location,
        ["task-type"] = TaskType, ["task-schedule"] = TaskSchedule, ["notice"] = Notice, ["catalog"] = Catalog, ["rights-request"] = RightsRequest,
        ["incident"] = Incident, ["disclosure"] = Disclosure, ["business-transfer"] = BusinessTransfer, ["content"] = Content, ["share"] = Share, ["registration"] = Registration,
    };

    /// <summary>Kinds with something that falls due: their rows have a column <c>wake_at</c>.</summary>
    public static readonly IReadOnlyList<string> Due = ["task", "task-schedule", "notice", "customer", "rights-request", "incident", "registration"];
}
