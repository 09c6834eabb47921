using LimoCha.Actors.Attendance;
using LimoCha.Actors.Customers;
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

    /// <summary>Every table, by row type.</summary>
    public static readonly IReadOnlyDictionary<Type, IReadTable> ByRow =
        new[] { Task, User, Department, Customer, Location, CheckIn }.ToDictionary(table => table.RowType);

    /// <summary>The table whose row has the version of an actor's state, by grain type.</summary>
    public static readonly IReadOnlyDictionary<string, IReadTable> ByKind = new Dictionary<string, IReadTable>
    {
        ["task"] = Task, ["user"] = User, ["department"] = Department, ["customer"] = Customer, ["location"] = Location,
    };
}
