"""The list: filters, counts, search, order, pages and exports."""



