result = context.order.price * context.order.count
